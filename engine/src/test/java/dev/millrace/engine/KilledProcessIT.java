package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Processes that end without a word, or are asked to.
class KilledProcessIT {
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

  private static Map<String, String> kafka(String protocol, String group) throws Exception {
    if (protocol.equals("classic")) {
      return Map.of(
          "group.protocol", protocol,
          "session.timeout.ms", "1000",
          "heartbeat.interval.ms", "300");
    }
    cluster.configure(ConfigResource.Type.GROUP, group, "consumer.session.timeout.ms", "1000");
    return Map.of();
  }

  @ParameterizedTest
  @CsvSource({"consumer, 5", "classic, 2"})
  void killsLoseNothingAndRepeatNoMoreThanPromised(String protocol, int kills) throws Exception {
    // Given two processes of one function
    String name = "killed-" + protocol;
    cluster.create(name, 4);
    cluster.create(name + "-out", 1);
    cluster.produce(name, 4, 0, 20_000);
    Map<String, String> kafka = kafka(protocol, name);
    Deque<Process> processes = new ArrayDeque<>();
    try {
      for (int i = 0; i < 2; i++) {
        processes.add(FunctionProcess.start(cluster, name, 500, kafka));
      }
      // When the older one is killed again and again
      for (int i = 1; i <= kills; i++) {
        int enough = i * 3_000;
        await().atMost(TestCluster.PATIENCE).until(() -> cluster.end(name + "-out") > enough);
        processes.removeFirst().destroyForcibly();
        processes.add(FunctionProcess.start(cluster, name, 500, kafka));
      }
      cluster.awaitDistinct(name + "-out", 20_000);
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
    // Then
    int duplicates = cluster.duplicates(name + "-out", 4, 20_000);
    assertThat(duplicates).isLessThanOrEqualTo(kills * BOUND);
  }

  @Test
  void aProcessThatIsAskedToEndRepeatsNothing() throws Exception {
    // Given
    String name = "asked";
    cluster.create(name, 2);
    cluster.create(name + "-out", 1);
    cluster.produce(name, 2, 0, 4_000);
    Process first = FunctionProcess.start(cluster, name, 500, Map.of());
    await().atMost(TestCluster.PATIENCE).until(() -> cluster.end(name + "-out") > 1_000);
    // When
    first.toHandle().destroy();
    // Then
    assertThat(first.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(first.exitValue()).isZero();
    Process second = FunctionProcess.start(cluster, name, 0, Map.of());
    try {
      cluster.awaitDistinct(name + "-out", 4_000);
    } finally {
      second.destroyForcibly();
    }
    assertThat(cluster.duplicates(name + "-out", 2, 4_000)).isZero();
  }

  @Test
  void aProcessWhoseCallHangsEndsWithinItsGraceAndSaysSo() throws Exception {
    // Given a call that takes an hour
    String name = "hanging";
    cluster.create(name, 1);
    cluster.create(name + "-out", 1);
    cluster.produce(name, 1, 0, 1);
    Process process = FunctionProcess.start(cluster, name, 3_600_000_000L, Map.of());
    await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 0);
    long began = System.nanoTime();
    // When
    process.toHandle().destroy();
    // Then
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(75);
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)).isLessThan(10);
    assertThat(cluster.committed(name, name, 0)).isZero();
  }
}
