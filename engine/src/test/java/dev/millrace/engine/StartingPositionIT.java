package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.engine.settings.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a function begins to read, and what it does when that is no longer there.
class StartingPositionIT {
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static void commit(String group, long offset) throws Exception {
    cluster.reset(group, group, new OffsetAndMetadata(offset));
  }

  @Test
  void latestMeansTheSameAfterARestartWithoutARecord() throws Exception {
    // Given a function that has seen nothing
    String name = "latest";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 10);
    TestFunction function = TestFunction.named(name).from(new Start.Latest());
    try (Engine engine = cluster.engine(Map.of())) {
      function.start(engine);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 10);
    }
    // When records come while it is away
    cluster.produce(name, 1, 10, 20);
    try (Engine engine = cluster.engine(Map.of())) {
      function.start(engine);
      // Then
      cluster.awaitDistinct(name + "-out", 10);
    }
    assertThat(cluster.values(name + "-out")).first().isEqualTo("10");
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void partitionsAddedWhileItIsAwayAreReadFromTheirBeginning(String protocol) throws Exception {
    // Given a group that reads what comes from now on, and has lost sight of a partition
    String name = "added-" + protocol;
    cluster.createWithOutput(name, 2);
    cluster.produce(name, 2, 0, 20);
    Map<String, String> kafka = Map.of("group.protocol", protocol);
    TestFunction function = TestFunction.named(name).from(new Start.Latest());
    try (Engine engine = cluster.engine(kafka)) {
      function.start(engine);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() ->
              cluster.committed(name, name, 0) == 10 && cluster.committed(name, name, 1) == 10);
    }
    cluster.admin.deleteConsumerGroupOffsets(name, Set.of(new TopicPartition(name, 1))).all().get();
    // When partitions are added twice, with records, while it is away
    for (int round = 1; round <= 2; round++) {
      cluster.addPartitions(name, 2 + round);
      cluster.produce(name, 2 + round, 1_000 * round, 1_000 * round + 60);
      try (Engine engine = cluster.engine(kafka)) {
        function.start(engine);
        cluster.awaitDistinct(name + "-out", 60 * round - 20);
        await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 1) > 0);
      }
    }
    // Then only what came to the partition without an offset is not read
    List<String> expected = new ArrayList<>();
    IntStream.range(1_000, 1_060).filter(i -> i % 3 != 1).forEach(i -> expected.add("" + i));
    IntStream.range(2_000, 2_060).forEach(i -> expected.add("" + i));
    assertThat(cluster.values(name + "-out")).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void aTimeMeansTheFirstRecordOfThatTimeOrLater() throws Exception {
    // Given records a minute apart, up to now
    String name = "since";
    cluster.createWithOutput(name, 1);
    Instant now = Instant.now();
    for (int i = 0; i < 10; i++) {
      cluster.produceAt(name, now.minus(Duration.ofMinutes(9 - i)), "" + i);
    }
    // When
    for (Start start :
        List.of(
            new Start.At(now.minus(Duration.ofMinutes(3))),
            new Start.Back(Duration.ofSeconds(200)),
            new Start.At(now.plus(Duration.ofDays(1))))) {
      try (Engine engine = cluster.engine(Map.of())) {
        TestFunction.named(name).inGroup("since-" + start.hashCode()).from(start).start(engine);
        await()
            .atMost(TestCluster.PATIENCE)
            .until(() -> cluster.committed("since-" + start.hashCode(), name, 0) == 10);
      }
    }
    // Then the last begins at the end
    assertThat(cluster.values(name + "-out"))
        .containsExactly("6", "7", "8", "9", "6", "7", "8", "9");
  }

  @ParameterizedTest
  @CsvSource({"3, 17", "15, 5", "1000, 0"})
  void anOffsetMeansTheNearestThatIsThere(long offset, int expected) throws Exception {
    // Given records from 5 on
    String name = "offset" + offset;
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 20);
    cluster.deleteRecords(name, 0, 3);
    // When
    try (Engine engine = cluster.engine(Map.of())) {
      TestFunction.named(name).from(new Start.Offset(offset)).start(engine);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 20);
    }
    // Then
    assertThat(cluster.values(name + "-out")).hasSize(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void recordsThatExpiredBeforeTheStartAreCountedAloud(String protocol) throws Exception {
    // Given
    String name = "expired-" + protocol;
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 100);
    commit(name, 10);
    cluster.deleteRecords(name, 0, 40);
    try (CapturedLog log = new CapturedLog();
        Engine engine = cluster.engine(Map.of("group.protocol", protocol))) {
      // When
      TestFunction.named(name).start(engine);
      cluster.awaitDistinct(name + "-out", 60);
      // Then
      assertThat(log.lines())
          .containsExactly(
              "ERROR [%s, %s-0 @ 10] 30 records expired before they were read: the topic's retention deleted them. Reading goes on at 40. Give the topic a longer retention, or the function more consumers."
                  .formatted(name, name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void recordsThatExpireWhileItRunsAreCountedAloud(String protocol) throws Exception {
    // Given a function that has read ahead as far as it may
    String name = "expiring-" + protocol;
    cluster.createWithOutput(name, 1);
    for (int i = 0; i < 5_000; i += 100) {
      cluster.produce(name, 1, i, i + 100);
    }
    CountDownLatch go = new CountDownLatch(1);
    TestFunction.on(name, message -> go.await());
    try (CapturedLog log = new CapturedLog();
        Engine engine =
            cluster.engine(
                Map.of("group.protocol", protocol, "max.partition.fetch.bytes", "1000"))) {
      FunctionRun run = TestFunction.named(name).start(engine);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.partitions().stream().anyMatch(lane -> lane.records() >= 900));
      // When
      cluster.deleteRecords(name, 0, 4_500);
      go.countDown();
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 5_000);
      // Then
      assertThat(log.lines())
          .containsExactly(
              "ERROR [%s, %s-0 @ %d] %d records expired before they were read: the topic's retention deleted them. Reading goes on at 4500. Give the topic a longer retention, or the function more consumers."
                  .formatted(name, name, 4_500 - expired(name), expired(name)));
    }
  }

  /// What is missing of 5,000.
  private static int expired(String name) {
    return 5_000 - cluster.values(name + "-out").size();
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void anOffsetBehindTheEndStopsThePartition(String protocol) throws Exception {
    // Given
    String name = "behind-" + protocol;
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 10);
    commit(name, 100);
    try (CapturedLog log = new CapturedLog();
        Engine engine = cluster.engine(Map.of("group.protocol", protocol))) {
      // When
      FunctionRun run = TestFunction.named(name).start(engine);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.status().word() == FunctionStatus.Word.STOPPED);
      // Then
      assertThat(run.status().reason())
          .isEqualTo(
              name
                  + "-0 @ 100: the group's position 100 is not in the log, which goes from 0 to"
                  + " 10");
      assertThat(log.lines())
          .containsExactly(
              "ERROR [%s, %s-0 @ 100] the group's position 100 is not in the log, which goes from 0 to 10. The partition stopped here and nothing is lost; the others go on. The topic was cut back: stop the function and reset the group's offsets."
                  .formatted(name, name));
      assertThat(cluster.committed(name, name, 0)).isEqualTo(100);
    }
  }
}
