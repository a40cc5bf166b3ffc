package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A broker that goes and comes back.
class BrokerGoneIT {
  private static final int BOUND = 2_000;

  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// With either protocol, while records flow and while there is nothing to do: one outage for all.
  @Test
  void functionsGoOnWhenTheBrokerIsBack() throws Exception {
    // Given
    List<FunctionRun> runs = new ArrayList<>();
    try (Engine newer = engine("consumer");
        Engine older = engine("classic");
        CapturedLog log = new CapturedLog()) {
      for (Engine engine : List.of(newer, older)) {
        String protocol = engine == newer ? "consumer" : "classic";
        for (String kind : List.of("idle-", "flowing-")) {
          String name = kind + protocol;
          int count = kind.equals("idle-") ? 10 : 6_000;
          cluster.create(name, 2);
          cluster.create(name + "-out", 1);
          cluster.produce(name, 2, 0, count);
          TestFunction.on(name, message -> Thread.sleep(1));
          runs.add(TestFunction.named(name).start(engine));
        }
      }
      cluster.awaitDistinct("idle-consumer-out", 10);
      cluster.awaitDistinct("idle-classic-out", 10);
      // When
      cluster.kafka.stop();
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> words(runs).equals(Set.of(FunctionStatus.Word.DOWN)));
      assertThat(newer.notReady()).isPresent();
      assertThat(newer.dead()).isEmpty();
      cluster.kafka.restart();
      // Then
      cluster.produce("idle-consumer", 2, 10, 20);
      cluster.produce("idle-classic", 2, 10, 20);
      cluster.awaitDistinct("idle-consumer-out", 20);
      cluster.awaitDistinct("idle-classic-out", 20);
      cluster.awaitDistinct("flowing-consumer-out", 6_000);
      cluster.awaitDistinct("flowing-classic-out", 6_000);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> words(runs).equals(Set.of(FunctionStatus.Word.IDLE)));
      assertThat(newer.notReady()).isEmpty();
      assertThat(log.lines()).filteredOn(line -> line.contains("The cluster ")).hasSize(4);
      assertThat(log.lines())
          .filteredOn(line -> line.contains("a commit did not get through"))
          .hasSizeLessThanOrEqualTo(runs.size());
    }
    assertThat(cluster.duplicates("flowing-consumer-out", 2, 6_000)).isLessThanOrEqualTo(BOUND);
    assertThat(cluster.duplicates("flowing-classic-out", 2, 6_000)).isLessThanOrEqualTo(BOUND);
  }

  private static Engine engine(String protocol) {
    return cluster.engine(Map.of("group.protocol", protocol), Duration.ofSeconds(1));
  }

  private static Set<FunctionStatus.Word> words(List<FunctionRun> runs) {
    return runs.stream().map(run -> run.status().word()).collect(Collectors.toSet());
  }
}
