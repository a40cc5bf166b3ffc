package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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
    System.getProperties().remove(COMMITTED);
    cluster.close();
  }

  /// Where the function finds what it asks for how far its group has committed: its class loader
  /// shares the JDK with the test.
  private static final String COMMITTED = "millrace.plugin-it.committed";

  @Test
  void guaranteeDeliveryAndFormatAreFlippedByThePlatformAlone() throws Exception {
    // Given a function that says how far its group has committed when it is called
    cluster.create("plugin.in", 1);
    cluster.create("plugin.out", 1);
    System.getProperties().put(COMMITTED, (Supplier<Long>) PluginIT::committed);
    Path function =
        Files.writeString(
            folder.resolve("Copy.java"),
            """
            import dev.millrace.*;
            import java.util.function.Supplier;
            public class Copy {
              @KafkaFunction(name = "plugin-copy", topics = "plugin.in",
                  outputs = @Output(topic = "plugin.out"))
              public String copy(Message<String> message) {
                Supplier<?> committed = (Supplier<?>) System.getProperties().get("%s");
                return message.value() + " " + message.offset() + " " + committed.get();
              }
            }
            """
                .formatted(COMMITTED));
    LoudJar.pack(folder);
    Path delivered = folder.resolve("delivered");
    Path platform =
        Files.writeString(
            folder.resolve("platform.yaml"),
            """
            plugins: [loud.jar]
            format: loud
            delivery: file
            guarantee: at-most-once
            kafka:
              client.id: %s
            """
                .formatted(delivered));

    // When
    cluster.send("plugin.in", 0, null, "tea");
    Millrace ours = run(function);
    cluster.send("plugin.in", 0, null, "coffee");
    Millrace theirs = run(function, "--platform", platform.toString());

    // Then
    assertThat(ours.code()).as(ours.err()).isZero();
    assertThat(theirs.code()).as(theirs.err()).isZero();
    assertThat(Files.readString(delivered))
        .as("committed before the call, shouted, in a file")
        .isEqualTo("plugin.out COFFEE 1 2!\n");
    assertThat(cluster.run("consume", "plugin.out", "--output", "json").jsonLines())
        .extracting(record -> record.get("value").asString())
        .as("called before the commit, as it is, in the cluster")
        .containsExactly("tea 0 0");
  }

  private static long committed() {
    try {
      return cluster
          .admin
          .listConsumerGroupOffsets("plugin-copy")
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .mapToLong(OffsetAndMetadata::offset)
          .sum();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Millrace run(Path function, String... options) {
    return cluster.run(
        Stream.concat(Stream.of("run", function.toString(), "--until", "end"), Stream.of(options))
            .toArray(String[]::new));
  }
}
