package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Functions that end where the data ends.
class BoundedRunIT {
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// Runs until the end; those that could not be finished.
  private static List<BoundedRun.Unfinished> toTheEnd(Engine engine, TestFunction... functions) {
    return run(engine, Optional.empty(), functions);
  }

  private static List<BoundedRun.Unfinished> run(
      Engine engine, Optional<Instant> until, TestFunction... functions) {
    List<FunctionRun> runs =
        Stream.of(functions).map(function -> function.prepare(engine)).toList();
    BoundedRun bounded = new BoundedRun(engine, runs, until, progress -> {});
    await().atMost(TestCluster.PATIENCE).until(bounded::advance);
    return bounded.unfinished();
  }

  private static List<BoundedRun.Unfinished> toTheEnd(String protocol, TestFunction... functions) {
    try (Engine engine = cluster.engine(Map.of("group.protocol", protocol))) {
      return toTheEnd(engine, functions);
    }
  }

  @ParameterizedTest
  @CsvSource({"consumer, true", "consumer, false", "classic, true", "classic, false"})
  void endsBehindMarkersAndAbortedRecords(String protocol, boolean open) throws Exception {
    // Given transactions, every other one aborted, as the last one is; and one that goes on
    String name = "transactions-" + protocol + "-" + open;
    cluster.createWithOutput(name, 1);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", cluster.kafka.bootstrap(), "transactional.id", name),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      for (int i = 0; i < 10; i++) {
        producer.beginTransaction();
        for (int j = 0; j < 10; j++) {
          producer.send(new ProducerRecord<>(name, TestCluster.bytes("" + (10 * i + j))));
        }
        if (i % 2 == 0) {
          producer.commitTransaction();
        } else {
          producer.flush();
          producer.abortTransaction();
        }
      }
      if (open) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(name, TestCluster.bytes("100"))).get();
      }
      // When
      List<BoundedRun.Unfinished> unfinished = toTheEnd(protocol, TestFunction.named(name));
      // Then
      assertThat(unfinished).isEmpty();
      assertThat(cluster.values(name + "-out"))
          .hasSize(50)
          .allMatch(value -> Integer.parseInt(value) / 10 % 2 == 0);
      assertThat(cluster.committed(name, name, 0)).isEqualTo(110);
      assertThat(cluster.end(name)).isEqualTo(open ? 111 : 110);
      keepsUp(protocol, name, 110);
    }
  }

  /// Another group that reads on and on has nothing behind it at this offset.
  private static void keepsUp(String protocol, String name, long end) throws Exception {
    String group = name + "-on";
    try (Engine engine = cluster.engine(Map.of("group.protocol", protocol))) {
      FunctionRun run = TestFunction.named(name).inGroup(group).start(engine);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.status().lagRecords() == 0 && cluster.committed(group, name, 0) == end);
      assertThat(run.status().word()).isEqualTo(FunctionStatus.Word.IDLE);
      assertThat(run.partitions())
          .extracting(lane -> lane.frontier().offset())
          .containsExactly(end);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void endsBehindTheGapsOfACompactedTopic(String protocol) throws Exception {
    // Given a topic of 31 offsets of which four hold a record
    String name = "compacted-" + protocol;
    cluster.configure(ConfigResource.Type.BROKER, "1", "log.cleaner.backoff.ms", "100");
    cluster.create(
        name,
        1,
        Map.of(
            "cleanup.policy", "compact",
            "segment.ms", "100",
            "min.cleanable.dirty.ratio", "0.0",
            "delete.retention.ms", "0"));
    cluster.create(name + "-out", 1);
    for (int i = 0; i < 30; i++) {
      cluster.produceKey(name, "k" + i % 3, "" + i);
    }
    await().atMost(Duration.ofSeconds(1)).pollDelay(Duration.ofMillis(200)).until(() -> true);
    cluster.produceKey(name, "last", "30");
    await().atMost(TestCluster.PATIENCE).until(() -> cluster.values(name).size() == 4);
    // When
    List<BoundedRun.Unfinished> unfinished = toTheEnd(protocol, TestFunction.named(name));
    // Then
    assertThat(unfinished).isEmpty();
    assertThat(cluster.values(name + "-out")).containsExactly("27", "28", "29", "30");
    assertThat(cluster.committed(name, name, 0)).isEqualTo(31);
    keepsUp(protocol, name, 31);
  }

  @Test
  void aStoppedPartitionDoesNotHoldUpTheOthers() throws Exception {
    // Given
    String name = "poisoned";
    cluster.createWithOutput(name, 3);
    cluster.produce(name, 3, 0, 3_000);
    TestFunction.on(
        name,
        message -> {
          if (message.value().equals("1000")) {
            throw new IllegalStateException("no thousand");
          }
        });
    // When
    List<BoundedRun.Unfinished> unfinished = toTheEnd("consumer", TestFunction.named(name));
    // Then
    assertThat(unfinished).hasSize(1);
    assertThat(cluster.values(name + "-out")).hasSize(2_000 + 333);
    assertThat(cluster.committed(name, name, 0)).isEqualTo(1_000);
    assertThat(cluster.committed(name, name, 1)).isEqualTo(333);
    assertThat(cluster.committed(name, name, 2)).isEqualTo(1_000);
  }

  @Test
  void functionsThatFeedEachOtherEndInOrder() throws Exception {
    // Given a chain, the last function named first
    cluster.create("chain-in", 2);
    cluster.create("chain-middle", 2);
    cluster.create("chain-end", 1);
    cluster.produce("chain-in", 2, 0, 3_000);
    TestFunction first = TestFunction.named("chain-1").reading("chain-in").writing("chain-middle");
    TestFunction second =
        TestFunction.named("chain-2").reading("chain-middle").writing("chain-end");
    // When
    List<BoundedRun.Unfinished> unfinished = toTheEnd("consumer", second, first);
    // Then
    assertThat(unfinished).isEmpty();
    assertThat(cluster.values("chain-end")).hasSize(3_000).doesNotHaveDuplicates();
  }

  @Test
  void somebodyWhoGoesOnWritingDoesNotKeepItFromEnding() throws Exception {
    // Given
    String name = "live";
    cluster.createWithOutput(name, 2);
    cluster.produce(name, 2, 0, 2_000);
    TestFunction.on(name, message -> Thread.sleep(1));
    TestCluster.Flow flow = cluster.new Flow(name, 2);
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = TestFunction.named(name).prepare(engine);
      List<BoundedRun.Progress> progress = new ArrayList<>();
      BoundedRun bounded = new BoundedRun(engine, List.of(run), Optional.empty(), progress::add);
      // When
      await().atMost(TestCluster.PATIENCE).until(bounded::advance);
      // Then nothing behind the bound was taken
      flow.stop();
      long total = progress.getLast().total();
      assertThat(progress.getLast().done()).isEqualTo(total);
      assertThat(cluster.committed(name, name, 0) + cluster.committed(name, name, 1))
          .isEqualTo(total);
      assertThat(cluster.values(name + "-out").size()).isEqualTo((int) total);
    }
    // And the next run goes on there
    TestFunction.on(name, message -> {});
    toTheEnd("consumer", TestFunction.named(name));
    assertThat(cluster.values(name + "-out").stream().sorted().toList())
        .isEqualTo(cluster.values(name).stream().sorted().toList());
  }

  @Test
  void processesThatShareTheGroupEndTogether() throws Exception {
    // Given
    String name = "shared";
    cluster.createWithOutput(name, 4);
    cluster.produce(name, 4, 0, 8_000);
    TestFunction.on(name, message -> Thread.sleep(1));
    TestFunction function = TestFunction.named(name);
    // When
    CompletableFuture<List<BoundedRun.Unfinished>> one =
        CompletableFuture.supplyAsync(() -> toTheEnd("consumer", function));
    List<BoundedRun.Unfinished> two = toTheEnd("consumer", function);
    // Then
    assertThat(one.get()).isEmpty();
    assertThat(two).isEmpty();
    assertThat(cluster.duplicates(name + "-out", 4, 8_000)).isZero();
  }

  @Test
  void endsAtOnceWhereThereIsNothingToDo() throws Exception {
    // Given a topic without records, and one whose records are all done
    cluster.createWithOutput("empty", 3);
    cluster.createWithOutput("done", 3);
    cluster.produce("done", 3, 0, 30);
    toTheEnd("consumer", TestFunction.named("done"));
    // When
    List<BoundedRun.Unfinished> unfinished =
        toTheEnd("consumer", TestFunction.named("empty"), TestFunction.named("done"));
    // Then
    assertThat(unfinished).isEmpty();
    assertThat(cluster.values("done-out")).hasSize(30);
  }

  @Test
  void endsAtATime() throws Exception {
    // Given records a minute apart
    String name = "until";
    cluster.createWithOutput(name, 1);
    Instant now = Instant.now();
    for (int i = 0; i < 10; i++) {
      cluster.produceAt(name, now.minus(Duration.ofMinutes(9 - i)), "" + i);
    }
    // When
    try (Engine engine = cluster.engine(Map.of())) {
      run(engine, Optional.of(now.minus(Duration.ofMinutes(3))), TestFunction.named(name));
    }
    // Then
    assertThat(cluster.values(name + "-out")).containsExactly("0", "1", "2", "3", "4", "5");
  }

  @Test
  void aFunctionOnlyPreparedReadsNothing() throws Exception {
    // Given
    String name = "prepared";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 10);
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun prepared = TestFunction.named(name).prepare(engine);
      TestFunction.named(name).inGroup("started").start(engine);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed("started", name, 0) == 10);
      // When
      prepared.stop();
      boolean drained = prepared.awaitEnd();
      // Then
      assertThat(drained).isTrue();
      assertThat(cluster.committed(name, name, 0)).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTimeBoundsChainedFunctionsFromTheirFirstRecord(boolean laterRecord) throws Exception {
    // Given a chain over a topic in the middle that holds what came before the time, with or
    // without a record behind it; what the first function writes is later
    String name = "chained-until-" + laterRecord;
    cluster.createWithOutput(name, 1);
    cluster.create(name + "-end", 1);
    Instant time = Instant.now().minus(Duration.ofMinutes(1));
    for (int i = 0; i < 100; i++) {
      cluster.produceAt(name, time.minusMillis(100 - i), "" + i);
    }
    cluster.produceAt(name, time, "late");
    cluster.produceAt(name + "-out", time.minusSeconds(1), "early");
    if (laterRecord) {
      cluster.produceAt(name + "-out", time.plusSeconds(1), "late");
    }
    TestFunction.on(name, message -> Thread.sleep(1));
    TestFunction second =
        TestFunction.named(name + "-2").reading(name + "-out").writing(name + "-end");
    // When
    List<BoundedRun.Unfinished> unfinished;
    try (Engine engine = cluster.engine(Map.of())) {
      unfinished = run(engine, Optional.of(time), TestFunction.named(name), second);
    }
    // Then
    assertThat(unfinished).isEmpty();
    assertThat(cluster.committed(name, name, 0)).isEqualTo(100);
    assertThat(cluster.values(name + "-end")).containsExactly("early");
    assertThat(cluster.committed(name + "-2", name + "-out", 0)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void saysWhoHoldsAPartitionThatDoesNotMove(String protocol) throws Exception {
    // Given another member that holds one of two partitions and does nothing with it
    String name = "held-" + protocol;
    cluster.createWithOutput(name, 2);
    cluster.produce(name, 2, 0, 100);
    Map<String, String> kafka = Map.of("group.protocol", protocol);
    try (Consumer<byte[], byte[]> other = cluster.member(name, kafka);
        Engine engine = cluster.engine(kafka);
        CapturedLog log = new CapturedLog()) {
      other.subscribe(List.of(name));
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> {
            other.poll(Duration.ofMillis(50));
            return other.assignment().size() == 2;
          });
      FunctionRun run = TestFunction.named(name).prepare(engine);
      run.start();
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> {
            other.poll(Duration.ofMillis(50));
            return other.assignment().size() == 1 && run.status().partitions() == 1;
          });
      int held = other.assignment().iterator().next().partition();
      List<BoundedRun.Progress> progress = new ArrayList<>();
      BoundedRun bounded =
          new BoundedRun(
              engine, List.of(run), Optional.empty(), progress::add, Duration.ofSeconds(1));
      // When
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> {
            other.poll(Duration.ZERO);
            return bounded.advance() || !progress.getLast().standing().isEmpty();
          });
      // Then it is said once, and the run goes on waiting
      assertThat(bounded.advance()).isFalse();
      assertThat(progress.getLast().standing()).containsExactly(name + "-" + held);
      assertThat(log.lines())
          .filteredOn(line -> line.contains("not moved"))
          .hasSize(1)
          .first()
          .asString()
          .startsWith("WARN [%s] %s-%d has not moved for 1 s: member ".formatted(name, name, held))
          .contains("(other) on 127.0.0.1 holds %s-%d. ".formatted(name, held));
      // And ends when that member goes
      other.close();
      await().atMost(TestCluster.PATIENCE).until(bounded::advance);
      assertThat(bounded.unfinished()).isEmpty();
    }
  }

  @Test
  void endsWhereItsTopicIsDeleted() throws Exception {
    // Given a run that does not get far
    String name = "deleted";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 1_000);
    TestFunction.on(name, message -> Thread.sleep(20));
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = TestFunction.named(name).prepare(engine);
      BoundedRun bounded = new BoundedRun(engine, List.of(run), Optional.empty(), progress -> {});
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> bounded.advance() || run.meters().recordsIn() > 0);
      // When
      cluster.delete(name);
      await().atMost(TestCluster.PATIENCE).until(bounded::advance);
      // Then
      assertThat(bounded.unfinished())
          .extracting(one -> one.status().word() + ": " + one.status().reason())
          .containsExactly("DOWN: the topic 'deleted' is not there");
    }
  }

  @Test
  void endsWhereItsTopicIsDeletedAndCreatedAgain() throws Exception {
    // Given a run that does not get far
    String name = "replaced";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 1_000);
    TestFunction.on(name, message -> Thread.sleep(20));
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = TestFunction.named(name).prepare(engine);
      BoundedRun bounded = new BoundedRun(engine, List.of(run), Optional.empty(), progress -> {});
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> bounded.advance() || run.meters().recordsIn() > 0);
      // When
      String before = run.topicIds().toString();
      cluster.delete(name);
      cluster.create(name, 1);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.missingTopic().isEmpty() && !run.topicIds().toString().equals(before));
      await().atMost(TestCluster.PATIENCE).until(bounded::advance);
      // Then
      assertThat(bounded.unfinished())
          .extracting(one -> one.status().reason())
          .containsExactly("the topic 'replaced' was deleted and created again");
    }
  }

  @Test
  void recordsThatTheClusterLostAreNotWaitedFor() throws Exception {
    // Given a run that is to end behind 100 records and has read none
    String name = "lost";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 100);
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = TestFunction.named(name).prepare(engine);
      run.pause();
      BoundedRun bounded = new BoundedRun(engine, List.of(run), Optional.empty(), progress -> {});
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> !bounded.advance() && cluster.committed(name, name, 0) == 0);
      // When the broker's disk has lost them, but for what is written after that
      cluster.kafka.stop();
      try (Stream<Path> files = Files.list(folderOf(name + "-0"))) {
        for (Path file : files.filter(one -> !one.endsWith("partition.metadata")).toList()) {
          Files.delete(file);
        }
      }
      cluster.kafka.restart();
      cluster.produce(name, 1, 0, 7);
      run.resume();
      await().atMost(TestCluster.PATIENCE).until(bounded::advance);
      // Then what there is has been done
      assertThat(cluster.committed(name, name, 0)).isEqualTo(7);
      assertThat(bounded.unfinished())
          .singleElement()
          .satisfies(one -> {
            assertThat(one.status().word()).isEqualTo(FunctionStatus.Word.DOWN);
            assertThat(one.status().reason())
                .isEqualTo(
                    "the cluster lost records of lost-0: it ends at 7 now, and this run at 100");
          });
    }
  }

  private static Path folderOf(String partition) throws IOException {
    try (Stream<Path> folders = Files.walk(cluster.kafka.dataFolder())) {
      return folders.filter(one -> one.endsWith(partition)).findFirst().orElseThrow();
    }
  }
}
