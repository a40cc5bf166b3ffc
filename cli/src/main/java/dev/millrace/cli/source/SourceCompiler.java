package dev.millrace.cli.source;

import dev.millrace.cli.source.CompiledClasses.CompiledClass;
import dev.millrace.engine.problem.SetupException;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// The JDK's compiler, from memory to memory.
///
/// Nothing else touches `javax.tools`, so that a start with cached classes does not load it.
final class SourceCompiler {
  private final JavaCompiler compiler;
  private final List<Path> classPath;

  /// A compiler that sees the JDK and these jars and folders.
  SourceCompiler(List<Path> classPath) {
    JavaCompiler found = ToolProvider.getSystemJavaCompiler();
    if (found == null) {
      throw new SetupException(
          System.getProperty("java.home"),
          "has no Java compiler",
          "Set JAVA_HOME to a JDK: this is a runtime without the module jdk.compiler");
    }
    this.compiler = found;
    this.classPath = classPath;
  }

  /// Compiles the sources together, or refuses with what the compiler found wrong with them.
  CompiledClasses compile(List<SourceFile> sources) {
    var diagnostics = new DiagnosticCollector<JavaFileObject>();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(diagnostics, Locale.ENGLISH, StandardCharsets.UTF_8)) {
      var memory = new Memory(files);
      List<Source> units = new ArrayList<>();
      for (SourceFile source : sources) {
        units.add(new Source(source, units.size()));
      }
      var says = new StringWriter();
      boolean compiled = compiler.getTask(says, memory, diagnostics, options(), null, units).call();
      if (!compiled) {
        List<Diagnostic<? extends JavaFileObject>> errors =
            diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .toList();
        if (errors.isEmpty()) {
          throw gaveUp(sources, says.toString());
        }
        throw new SetupException(
            new CompileErrors(sources, KnownTypes.read(files)).problems(errors));
      }
      return memory.compiled();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// It found nothing wrong and ended all the same.
  private static SetupException gaveUp(List<SourceFile> sources, String why) {
    String names = sources.stream().map(SourceFile::name).collect(Collectors.joining(", "));
    return why.contains(StackOverflowError.class.getName())
        ? new SetupException(
            names,
            "is nested too deeply for the compiler",
            "Divide its longest expressions and deepest blocks")
        : new SetupException(
            names, "the compiler gave up: " + why.strip(), "Compile it with javac to see more");
  }

  private List<String> options() {
    String path =
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    return List.of(
        "-parameters", "-g", "-proc:none", "-nowarn", "-Xlint:none", "-implicit:none", "-cp", path);
  }

  /// A source; its public class may have another name than its file.
  private static final class Source extends SimpleJavaFileObject {
    private final SourceFile source;
    private final int number;

    Source(SourceFile source, int number) {
      super(source.path().toUri(), Kind.SOURCE);
      this.source = source;
      this.number = number;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return source.text();
    }

    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
      return kind == Kind.SOURCE;
    }
  }

  private static final class Output extends SimpleJavaFileObject {
    private final String className;
    private final int source;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Output(String className, int source) {
      super(URI.create("memory:///" + className.replace('.', '/') + ".class"), Kind.CLASS);
      this.className = className;
      this.source = source;
    }

    @Override
    public OutputStream openOutputStream() {
      return bytes;
    }
  }

  private static final class Memory extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final List<Output> outputs = new ArrayList<>();

    Memory(StandardJavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location,
        String className,
        JavaFileObject.Kind kind,
        FileObject sibling) {
      var output = new Output(className, ((Source) sibling).number);
      outputs.add(output);
      return output;
    }

    CompiledClasses compiled() {
      return new CompiledClasses(
          outputs.stream()
              .sorted(Comparator.comparing(output -> output.className))
              .map(output ->
                  new CompiledClass(output.className, output.source, output.bytes.toByteArray()))
              .toList());
    }
  }
}
