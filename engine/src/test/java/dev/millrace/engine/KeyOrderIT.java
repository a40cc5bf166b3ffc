package dev.millrace.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.Emit;
import dev.millrace.Guarantee;
import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Ordering;
import dev.millrace.Output;
import dev.millrace.Threads;
import dev.millrace.engine.settings.CallSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Functions that wait for something, with the order of each key kept, on a real broker.
class KeyOrderIT {
  private static final CallSettings BY_KEY =
      new CallSettings(Ordering.KEY, Threads.AUTO, Guarantee.AT_LEAST_ONCE);

  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static TestFunction byKey(String name) {
    return TestFunction.named(name).with(BY_KEY).withConcurrency(100);
  }

  /// How many calls are in flight at the same time.
  private static final class InFlight {
    private final Map<String, Integer> calls = new ConcurrentHashMap<>();
    private final Set<String> twice = ConcurrentHashMap.newKeySet();
    private final AtomicInteger most = new AtomicInteger();

    void begin(String key) {
      if (calls.merge(key, 1, Integer::sum) > 1) {
        twice.add(key);
      }
      most.accumulateAndGet(calls.size(), Math::max);
    }

    void end(String key) {
      calls.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }
  }

  @Test
  void theOrderOfEachKeyIsKeptAndManyAreCalledSideBySide() throws Exception {
    // Given calls that take up to 20 ms
    String name = "keys";
    cluster.createWithOutput(name, 1);
    cluster.produceKeys(name, 50, 2_000);
    InFlight inFlight = new InFlight();
    TestFunction.on(
        name,
        message -> {
          inFlight.begin(requireNonNull(message.key()));
          Thread.sleep(Long.parseLong(message.value()) * 7 % 20);
          inFlight.end(requireNonNull(message.key()));
        });
    // When
    try (CapturedLog log = new CapturedLog();
        Engine engine = cluster.engine(Map.of())) {
      byKey(name).start(engine);
      cluster.awaitDistinct(name + "-out", 2_000);
      // Then
      assertThat(log.lines()).isEmpty();
    }
    assertThat(cluster.duplicates(name + "-out", 50, 2_000)).isZero();
    assertThat(inFlight.twice).isEmpty();
    assertThat(inFlight.most.get()).isBetween(10, 50);
    assertThat(cluster.committed(name, name, 0)).isEqualTo(2_000);
  }

  /// A function that holds no thread while it waits.
  public static class Later {
    private static final InFlight IN_FLIGHT = new InFlight();

    @KafkaFunction(name = "later", topics = "in", outputs = @Output(topic = "out"))
    public CompletionStage<Emit<String>> later(Message<String> message) {
      String key = requireNonNull(message.key());
      IN_FLIGHT.begin(key);
      long millis = Long.parseLong(message.value()) * 7 % 20;
      return CompletableFuture.supplyAsync(
          () -> {
            IN_FLIGHT.end(key);
            return Emit.of(message.value());
          },
          CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
    }
  }

  @Test
  void stagesKeepTheOrderOfEachKeyToo() throws Exception {
    // Given
    String name = "stages";
    cluster.createWithOutput(name, 1);
    cluster.produceKeys(name, 50, 2_000);
    // When
    try (Engine engine = cluster.engine(Map.of())) {
      byKey(name).of(Later.class).start(engine);
      cluster.awaitDistinct(name + "-out", 2_000);
    }
    // Then
    assertThat(cluster.duplicates(name + "-out", 50, 2_000)).isZero();
    assertThat(Later.IN_FLIGHT.twice).isEmpty();
    assertThat(Later.IN_FLIGHT.most.get()).isBetween(10, 50);
  }

  /// Takes lists, and says what each output was made of.
  public static class Lists {
    @KafkaFunction(name = "lists", topics = "in", outputs = @Output(topic = "out"))
    public List<Emit<String>> copy(List<Message<String>> messages) throws Exception {
      Thread.sleep(5);
      return messages.stream().map(one -> Emit.from(one, one.value())).toList();
    }
  }

  @Test
  void batchesOfManyKeysKeepTheOrderOfEach() throws Exception {
    // Given
    String name = "lists";
    cluster.createWithOutput(name, 1);
    cluster.produceKeys(name, 300, 3_000);
    // When
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = byKey(name).of(Lists.class).start(engine);
      cluster.awaitDistinct(name + "-out", 3_000);
      // Then
      assertThat(run.meters().recordsIn()).isEqualTo(3_000);
    }
    assertThat(cluster.duplicates(name + "-out", 300, 3_000)).isZero();
  }

  /// Runs a function of which some calls never return until everything else is done, and lets it
  /// end without them. They are the second ones of two of 50 keys: the numbers 53 and 57.
  private static void leaveGaps(String name) throws Exception {
    cluster.createWithOutput(name, 1);
    cluster.produceKeys(name, 50, 2_000);
    TestFunction.on(
        name,
        message -> {
          if (message.value().equals("53") || message.value().equals("57")) {
            new CountDownLatch(1).await();
          }
        });
    try (Engine engine = cluster.engine(Map.of(), Duration.ofMillis(200))) {
      byKey(name).start(engine);
      cluster.awaitDistinct(name + "-out", 2_000 - 2 * 39);
      assertThat(engine.stop()).isFalse();
    }
    assertThat(cluster.committed(name, name, 0)).isEqualTo(53);
  }

  private static Queue<String> countCalls(String name) {
    Queue<String> called = new ConcurrentLinkedQueue<>();
    TestFunction.on(name, message -> called.add(message.value()));
    return called;
  }

  @Test
  void whatIsFinishedBehindSlowKeysIsNotCalledAgainAfterARestart() throws Exception {
    // Given
    String name = "slow-keys";
    leaveGaps(name);
    Queue<String> called = countCalls(name);
    // When
    try (CapturedLog log = new CapturedLog();
        Engine engine = cluster.engine(Map.of())) {
      byKey(name).start(engine);
      cluster.awaitDistinct(name + "-out", 2_000);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 2_000);
      // Then
      assertThat(log.lines()).isEmpty();
    }
    List<String> expected = new ArrayList<>();
    for (int i = 53; i < 2_000; i += 50) {
      expected.add("" + i);
      expected.add("" + (i + 4));
    }
    assertThat(called).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(cluster.duplicates(name + "-out", 50, 2_000)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"elsewhere, 10, ''", "back, 53, by hand", "blank, 53, ''", "along, 10, TAKEN"})
  void offsetsThatAnotherToolHasSetMeanWhatTheySay(String word, long offset, String metadata)
      throws Exception {
    // Given
    String name = "reset-" + word;
    leaveGaps(name);
    String former = requireNonNull(cluster.commit(name, name, 0)).metadata();
    cluster.reset(
        name, name, new OffsetAndMetadata(offset, metadata.equals("TAKEN") ? former : metadata));
    Queue<String> called = countCalls(name);
    // When
    try (CapturedLog log = new CapturedLog();
        Engine engine = cluster.engine(Map.of())) {
      byKey(name).start(engine);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 2_000);
      // Then
      assertThat(log.lines()).isEmpty();
    }
    List<String> expected = IntStream.range((int) offset, 2_000).mapToObj(i -> "" + i).toList();
    assertThat(called).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(new HashSet<>(cluster.values(name + "-out"))).hasSize(2_000);
  }
}
