package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.Emit;
import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Output;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Outputs that the cluster refuses.
class OutputIT {
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// Makes 800 kB of the number 130, which cannot be compressed.
  public static class Grow {
    @KafkaFunction(name = "grow", topics = "in", outputs = @Output(topic = "out"))
    public Emit<String> grow(Message<String> message) {
      return Emit.of(
          message.value().equals("130")
              ? IntStream.range(0, 100_000)
                  .mapToObj(i -> Integer.toHexString(i * 0x9E3779B9))
                  .collect(Collectors.joining())
              : message.value());
    }
  }

  @ParameterizedTest
  @CsvSource({"broker, 100000, 10000000", "producer, 10000000, 100000"})
  void anOutputThatIsTooLargeStopsItsPartition(String whose, String topicMax, String requestMax)
      throws Exception {
    // Given
    String name = "large-" + whose;
    cluster.create(name, 2);
    cluster.create(name + "-out", 1, Map.of("max.message.bytes", topicMax));
    cluster.produce(name, 2, 0, 2_000);
    try (CapturedLog log = new CapturedLog();
        Engine engine = cluster.engine(Map.of("max.request.size", requestMax))) {
      // When
      FunctionRun run = TestFunction.named(name).of(Grow.class).start(engine);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.status().word() == FunctionStatus.Word.STOPPED);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 1) == 1_000);
      // Then it says which one
      assertThat(log.lines())
          .filteredOn(line -> line.startsWith("ERROR"))
          .containsExactly(
              "ERROR [%s, %s-0 @ 65] the output for '%s-out' made of %s/0/65 has 793,330 bytes, more than may be sent. The partition stopped here and nothing is lost; the others go on. Make it smaller, or both max.message.bytes of the topic and kafka.max.request.size larger."
                  .formatted(name, name, name, name));
      await()
          .atMost(TestCluster.PATIENCE)
          .untilAsserted(() -> assertThat(cluster.committed(name, name, 0)).isEqualTo(65));
      assertThat(run.lastOutput().orElseThrow().value()).hasSizeLessThan(10);
    }
    assertThat(cluster.values(name + "-out"))
        .contains("128")
        .allMatch(value -> value.length() < 10);
  }
}
