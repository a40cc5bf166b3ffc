package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/// A third party's plug-ins: the format `loud` reads capitals and writes `!` behind them, the
/// validator `no-milk` refuses milk, and the delivery `file` writes to the file that `client.id`
/// names.
final class LoudJar {
  private LoudJar() {}

  /// Compiles it to `loud.jar` in this folder.
  static void pack(Path folder) throws IOException {
    Path source =
        Files.writeString(
            folder.resolve("Loud.java"),
            """
            import dev.millrace.plugin.*;
            import java.nio.file.*;
            import java.util.*;
            public class Loud implements Format {
              public String name() { return "loud"; }
              public Reader reader(java.lang.reflect.Type type) {
                return bytes -> new String(bytes).toUpperCase(Locale.ROOT);
              }
              public Written write(Object value) {
                return new Written() {
                  public Object value() { return value; }
                  public byte[] bytes() { return (value + "!").getBytes(); }
                };
              }
              public static class ToFile implements Delivery, Delivery.Sender {
                private Path file;
                public String name() { return "file"; }
                public Sender open(Map<String, String> kafka) {
                  ToFile sender = new ToFile();
                  sender.file = Path.of(kafka.get("client.id"));
                  return sender;
                }
                public void send(List<? extends Outgoing> outputs, Receipt receipt) {
                  for (Outgoing one : outputs) {
                    try {
                      Files.writeString(file, one.topic() + " " + new String(one.value()) + "\\n",
                          StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                      receipt.acknowledged(one);
                    } catch (java.io.IOException e) {
                      receipt.failed(e);
                    }
                  }
                }
                public void close(java.time.Duration patience) {}
              }
              public static class Milk implements Validator {
                public String name() { return "no-milk"; }
                public Check ofType(java.lang.reflect.Type type) {
                  return event -> String.valueOf(event.value()).contains("MILK")
                      ? Optional.of(new Mismatch("", "must be without milk"))
                      : Optional.empty();
                }
                public Check ofSchema(String text) { return ofType(Object.class); }
              }
            }
            """);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Path classes = Files.createDirectories(folder.resolve("classes"));
    int code =
        compiler.run(
            null,
            null,
            null,
            "-proc:none",
            "-d",
            classes.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            source.toString());
    assertThat(code).isZero();
    try (OutputStream file = Files.newOutputStream(folder.resolve("loud.jar"));
        JarOutputStream jar = new JarOutputStream(file);
        Stream<Path> all = Files.list(classes)) {
      for (Path one : all.toList()) {
        jar.putNextEntry(new JarEntry(String.valueOf(one.getFileName())));
        jar.write(Files.readAllBytes(one));
      }
      for (List<String> service :
          List.of(
              List.of("Format", "Loud"),
              List.of("Delivery", "Loud$ToFile"),
              List.of("Validator", "Loud$Milk"))) {
        jar.putNextEntry(
            new JarEntry("META-INF/services/dev.millrace.plugin." + service.getFirst()));
        jar.write(service.getLast().getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
