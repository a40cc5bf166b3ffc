package dev.millrace.engine.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// A third party's jar.
final class PluginJar {
  private final Path folder;
  private final Map<String, String> services = new LinkedHashMap<>();

  PluginJar(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /// Adds a class.
  PluginJar with(String name, String source) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    JavaFileObject file =
        new SimpleJavaFileObject(
            URI.create("string:///" + name.replace('.', '/') + ".java"),
            JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    List<String> options =
        List.of(
            "-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none");
    if (!compiler.getTask(errors, null, null, options, null, List.of(file)).call()) {
      throw new AssertionError(errors.toString());
    }
    return this;
  }

  /// Names a class as what replaces a part.
  PluginJar serving(Class<?> part, String name) {
    services.merge(part.getName(), name, (one, other) -> one + "\n" + other);
    return this;
  }

  /// Packs it.
  Path pack(Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> classes = Files.walk(folder)) {
      for (Path one : classes.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(folder.relativize(one).toString()));
        out.write(Files.readAllBytes(one));
      }
      for (Map.Entry<String, String> service : services.entrySet()) {
        out.putNextEntry(new JarEntry("META-INF/services/" + service.getKey()));
        out.write(service.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    return jar;
  }
}
