package dev.millrace.cli.source;

import dev.millrace.KafkaFunction;
import dev.millrace.cli.source.CompiledClasses.CompiledClass;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/// Functions as their author wrote them, ready to be called: compiled if need be, and loaded apart
/// from Millrace's own classes.
///
/// Each [#load] is a world of its own with its own static fields. Immutable; its loader may be used
/// by many threads. Close it when none of its functions runs any more.
public final class AuthorCode implements AutoCloseable {
  private static final String ANNOTATION =
      "L" + KafkaFunction.class.getName().replace('.', '/') + ";";

  private final List<Class<?>> classes;
  private final AuthorClassLoader loader;
  private final List<Path> sources;
  private final Map<String, Path> sourceByClass;
  private final Path baseFolder;

  private AuthorCode(
      List<Class<?>> classes,
      AuthorClassLoader loader,
      List<Path> sources,
      Map<String, Path> sourceByClass,
      Path baseFolder) {
    this.classes = classes;
    this.loader = loader;
    this.sources = sources;
    this.sourceByClass = sourceByClass;
    this.baseFolder = baseFolder;
  }

  /// Loads what these paths stand for: `.java` files, compiled together; folders, of which all
  /// sources below count except hidden folders, `target`, `build` and `src/test` (or, without
  /// sources, the classes below); and jars, which the sources may use.
  ///
  /// Classes compiled before from the same sources come from the cache without starting the
  /// compiler. A cache folder that cannot be written only costs time.
  ///
  /// @param named at least one path
  /// @param cacheFolder where Millrace keeps what it can make again; see [#cacheFolder]
  /// @throws SetupException with everything that is wrong: paths, compile errors, or no function
  public static AuthorCode load(List<Path> named, Path cacheFolder) {
    AuthorFiles files = AuthorFiles.find(named);
    List<SourceFile> sources = files.sources();
    CompiledClasses compiled =
        sources.isEmpty() ? new CompiledClasses(List.of()) : compile(files, cacheFolder);
    Map<String, byte[]> bytes = new HashMap<>();
    Map<String, Path> sourceByClass = new HashMap<>();
    List<String> candidates = new ArrayList<>();
    for (CompiledClass one : compiled.classes()) {
      bytes.put(one.name(), one.bytes());
      sourceByClass.put(one.name(), sources.get(one.source()).path());
      addIfAnnotated(candidates, one.name(), one.bytes());
    }
    for (Path library : files.libraries()) {
      addAnnotated(candidates, library);
    }
    var loader = new AuthorClassLoader(bytes, files.libraries());
    List<Path> paths =
        Stream.concat(sources.stream().map(SourceFile::path), files.libraries().stream()).toList();
    return new AuthorCode(
        functionClasses(candidates, loader, named),
        loader,
        paths,
        sourceByClass,
        folderOf(named.getFirst()));
  }

  /// Where Millrace keeps what it can make again: `MILLRACE_CACHE`, else `millrace` in
  /// `XDG_CACHE_HOME`, else in `.cache` at home.
  public static Path cacheFolder(Map<String, String> environment) {
    String own = environment.getOrDefault("MILLRACE_CACHE", "");
    if (!own.isEmpty()) {
      return Path.of(own);
    }
    String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path caches =
        shared.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(shared);
    return caches.resolve("millrace");
  }

  /// The classes with functions, at least one, in the order of their names file by file.
  public List<Class<?>> classes() {
    return classes;
  }

  /// The loader of all the author's classes; it shows them the JDK, `dev.millrace`, and the jars
  /// named with them.
  public ClassLoader loader() {
    return loader;
  }

  /// What it was read from: sources, jars and folders of classes. When one of them changes, loading
  /// again gives something new.
  public List<Path> sources() {
    return sources;
  }

  /// The folder that the first path named, or that holds it.
  public Path baseFolder() {
    return baseFolder;
  }

  /// The folder to look in for what a class names beside itself, such as a schema file: the one
  /// with its source, else the base folder.
  public Path folderOf(Class<?> type) {
    Path source = sourceByClass.get(type.getName());
    return source == null ? baseFolder : folderOf(source);
  }

  /// Closes the jars. Classes not loaded so far can no longer be.
  @Override
  public void close() {
    try {
      loader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CompiledClasses compile(AuthorFiles files, Path cacheFolder) {
    List<Path> classPath = new ArrayList<>();
    classPath.add(placeOf(KafkaFunction.class));
    classPath.add(placeOf(NullMarked.class));
    classPath.addAll(files.libraries());
    var cache = new ClassCache(cacheFolder.resolve("classes"));
    String key = key(files.sources(), classPath);
    return cache
        .find(key)
        .orElseGet(() -> {
          CompiledClasses compiled = new SourceCompiler(classPath).compile(files.sources());
          cache.keep(key, compiled);
          return compiled;
        });
  }

  /// A hash of everything the compiler's result depends on.
  private static String key(List<SourceFile> sources, List<Path> classPath) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      add(hash, Runtime.version().toString());
      for (SourceFile source : sources) {
        add(hash, source.name());
        add(hash, source.text());
      }
      for (Path entry : classPath) {
        List<Path> files =
            Files.isDirectory(entry) ? AuthorFiles.classFilesBelow(entry) : List.of(entry);
        for (Path file : files) {
          hash.update(Files.readAllBytes(file));
        }
      }
      return HexFormat.of().formatHex(hash.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void add(MessageDigest hash, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    hash.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    hash.update(bytes);
  }

  private static Path placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of " + type + " is no file", e);
    }
  }

  private static void addAnnotated(List<String> candidates, Path library) {
    try {
      if (Files.isDirectory(library)) {
        for (Path file : AuthorFiles.classFilesBelow(library)) {
          String name = library.relativize(file).toString();
          addIfAnnotated(candidates, className(name), Files.readAllBytes(file));
        }
        return;
      }
      try (var jar = new JarFile(library.toFile())) {
        for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
          JarEntry entry = all.nextElement();
          if (entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF/")) {
            try (InputStream in = jar.getInputStream(entry)) {
              addIfAnnotated(candidates, className(entry.getName()), in.readAllBytes());
            }
          }
        }
      }
    } catch (IOException e) {
      throw new SetupException(
          library.toString(), "cannot be read: " + e.getMessage(), "Build the jar again");
    }
  }

  private static String className(String file) {
    return file.substring(0, file.length() - ".class".length())
        .replace('/', '.')
        .replace('\\', '.');
  }

  /// A class whose file does not contain the annotation's name has no functions: most classes of a
  /// large jar need not be loaded to know.
  private static void addIfAnnotated(List<String> candidates, String name, byte[] bytes) {
    if (new String(bytes, StandardCharsets.ISO_8859_1).contains(ANNOTATION)) {
      candidates.add(name);
    }
  }

  private static List<Class<?>> functionClasses(
      List<String> candidates, ClassLoader loader, List<Path> named) {
    List<Class<?>> found = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (String name : candidates) {
      try {
        Class<?> type = Class.forName(name, false, loader);
        if (Arrays.stream(type.getDeclaredMethods()).anyMatch(AuthorCode::isFunction)) {
          found.add(type);
        }
      } catch (ClassNotFoundException | LinkageError e) {
        problems.add(
            new Problem(
                name,
                "cannot be loaded: " + e,
                "Pack what it needs into its jar, or name that jar too"));
      }
    }
    if (found.isEmpty() && problems.isEmpty()) {
      problems.add(
          new Problem(
              named.stream().map(Path::toString).collect(Collectors.joining(", ")),
              "no method carries @KafkaFunction",
              "Put @KafkaFunction(name = \"...\", topics = \"...\") on the method that takes the"
                  + " messages"));
    }
    if (!problems.isEmpty()) {
      throw new SetupException(problems);
    }
    return List.copyOf(found);
  }

  private static boolean isFunction(Method method) {
    return method.isAnnotationPresent(KafkaFunction.class);
  }

  private static Path folderOf(Path path) {
    Path absolute = path.toAbsolutePath();
    Path parent = absolute.getParent();
    return parent == null || Files.isDirectory(absolute) ? absolute : parent;
  }
}
