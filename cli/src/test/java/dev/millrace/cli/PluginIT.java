package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
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
    LoudJar.pack(folder);
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
}
