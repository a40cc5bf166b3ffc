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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same file on the same topics; what `platform.yaml` says makes the difference.
class PluginIT {
  private static ClusterFixture cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    cluster = new ClusterFixture();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void formatAndDeliveryAreFlippedByThePlatformAlone() throws Exception {
    // Given
    cluster.create("plugin.in", 1);
    cluster.create("plugin.out", 1);
    cluster.send("plugin.in", 0, null, "tea");
    Path function =
        Files.writeString(
            folder.resolve("Copy.java"),
            """
            import dev.millrace.*;
            import java.util.List;
            public class Copy {
              @KafkaFunction(name = "plugin-copy", topics = "plugin.in",
                  outputs = @Output(topic = "plugin.out"))
              public List<String> copy(List<String> messages) { return messages; }
            }
            """);
    pack();
    Path delivered = folder.resolve("delivered");
    Path platform =
        Files.writeString(
            folder.resolve("platform.yaml"),
            """
            plugins: [loud.jar]
            format: loud
            delivery: file
            kafka:
              client.id: %s
            """
                .formatted(delivered));

    // When
    Millrace ours = run(function);
    Millrace theirs = run(function, "--platform", platform.toString());

    // Then
    assertThat(ours.code()).as(ours.err()).isZero();
    assertThat(theirs.code()).as(theirs.err()).isZero();
    assertThat(Files.readString(delivered)).isEqualTo("plugin.out TEA!\n");
    assertThat(cluster.run("consume", "plugin.out", "--output", "json").jsonLines())
        .extracting(record -> record.get("value").asString())
        .containsExactly("tea");
  }

  private static Millrace run(Path function, String... options) {
    return cluster.run(
        Stream.concat(
                Stream.of("run", function.toString(), "--from", "earliest", "--until", "end"),
                Stream.of(options))
            .toArray(String[]::new));
  }

  private void pack() throws IOException {
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
                      receipt.acknowledged();
                    } catch (java.io.IOException e) {
                      receipt.failed(e);
                    }
                  }
                }
                public void close(java.time.Duration patience) {}
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
          List.of(List.of("Format", "Loud"), List.of("Delivery", "Loud$ToFile"))) {
        jar.putNextEntry(
            new JarEntry("META-INF/services/dev.millrace.plugin." + service.getFirst()));
        jar.write(service.getLast().getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
