package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.Emit;
import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Output;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Calls that take long, for ever, or end on another thread.
class SlowCallIT {
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aCallBeyondItsDeadlineIsInterruptedAndMadeAgain() throws Exception {
    // Given a function that sleeps the first time
    String name = "sleepy";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 10);
    AtomicBoolean interrupted = new AtomicBoolean();
    TestFunction.on(
        name,
        message -> {
          if (message.value().equals("5") && interrupted.compareAndSet(false, true)) {
            new CountDownLatch(1).await();
          }
        });
    try (CapturedLog log = new CapturedLog();
        Engine engine = cluster.engine(Map.of())) {
      // When
      FunctionRun run = TestFunction.named(name).withDeadline(Duration.ofMillis(500)).start(engine);
      cluster.awaitDistinct(name + "-out", 10);
      // Then the thread is free again
      assertThat(run.stuck()).isZero();
      assertThat(log.lines()).hasSize(2);
      assertThat(log.lines().getFirst())
          .startsWith("WARN [sleepy] a call is cancelled; it is at sleepy-0 @ 5\n    at ")
          .contains("(SlowCallIT.java:");
      assertThat(log.lines().getLast())
          .startsWith(
              "WARN [sleepy, sleepy-0 @ 5] the call did not return within 500 ms and was cancelled."
                  + " Attempt 1 failed; again in ");
    }
  }

  @Test
  void aCallThatIgnoresInterruptsIsStuckAndStopsItsPartition() throws Exception {
    // Given a function that cannot be interrupted
    String name = "deaf";
    cluster.createWithOutput(name, 2);
    cluster.produce(name, 2, 0, 100);
    AtomicBoolean go = new AtomicBoolean();
    TestFunction.on(
        name,
        message -> {
          while (message.value().equals("50") && !go.get()) {
            Thread.onSpinWait();
          }
        });
    try (Engine engine = cluster.engine(Map.of())) {
      // When
      FunctionRun run = TestFunction.named(name).withDeadline(Duration.ofMillis(200)).start(engine);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.status().word() == FunctionStatus.Word.STOPPED);
      // Then the other partition went on, and the process will have to be restarted
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 1) == 50);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.stuck().compareTo(Duration.ofSeconds(1)) > 0);
      assertThat(engine.dead()).isEmpty();
      go.set(true);
      await().atMost(TestCluster.PATIENCE).until(() -> run.stuck().isZero());
      run.resume();
      cluster.awaitDistinct(name + "-out", 100);
    }
  }

  @Test
  void readsNoMoreThanItMayHoldAndStaysInTheGroup() throws Exception {
    // Given a function far slower than its input, in a group that gives up a member after a second
    String name = "slow";
    cluster.createWithOutput(name, 4);
    cluster.produce(name, 4, 0, 20_000);
    CountDownLatch go = new CountDownLatch(1);
    TestFunction.on(name, message -> go.await());
    try (CapturedLog log = new CapturedLog();
        Engine engine =
            cluster.engine(Map.of("max.poll.interval.ms", "1000", "group.protocol", "classic"))) {
      // When
      FunctionRun run = TestFunction.named(name).start(engine);
      await().atMost(TestCluster.PATIENCE).until(() -> records(run) >= 900);
      await()
          .during(Duration.ofSeconds(3))
          .atMost(TestCluster.PATIENCE)
          .until(() -> records(run) <= 1_000 && run.partitions().size() == 4);
      go.countDown();
      cluster.awaitDistinct(name + "-out", 20_000);
      // Then
      assertThat(log.lines()).isEmpty();
    }
    assertThat(cluster.duplicates(name + "-out", 4, 20_000)).isZero();
  }

  private static int records(FunctionRun run) {
    return run.partitions().stream().mapToInt(lane -> lane.records()).sum();
  }

  @Test
  void recordsFromTheFutureDoNotSpoilTheLag() throws Exception {
    // Given
    String name = "skewed";
    cluster.create(name, 1, Map.of("message.timestamp.after.max.ms", "" + Long.MAX_VALUE));
    cluster.create(name + "-out", 1);
    cluster.produceAt(name, Instant.now().plus(Duration.ofDays(1)), "0");
    CountDownLatch go = new CountDownLatch(1);
    TestFunction.on(name, message -> go.await());
    try (Engine engine = cluster.engine(Map.of())) {
      // When
      FunctionRun run = TestFunction.named(name).start(engine);
      await().atMost(TestCluster.PATIENCE).until(() -> run.status().lagRecords() == 1);
      // Then
      assertThat(run.status().lagTime()).isZero();
      assertThat(run.status().word()).isEqualTo(FunctionStatus.Word.OK);
      go.countDown();
      cluster.awaitDistinct(name + "-out", 1);
    }
  }

  /// A function whose stages complete later, elsewhere, with an exception or never.
  public static class Later {
    private static final AtomicBoolean NEVER = new AtomicBoolean(true);
    private static final Executor SOON =
        CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    @KafkaFunction(name = "later", topics = "in", outputs = @Output(topic = "out"))
    public CompletionStage<Emit<String>> later(Message<String> message) {
      if (message.attempt() == 1 && message.value().equals("3")) {
        return CompletableFuture.failedFuture(new IllegalStateException("not yet"));
      }
      if (message.value().equals("6") && NEVER.getAndSet(false)) {
        return new CompletableFuture<>();
      }
      return CompletableFuture.supplyAsync(() -> Emit.of(message.value()), SOON);
    }
  }

  @Test
  void stagesCompleteWhenAndWhereTheyLike() throws Exception {
    // Given
    String name = "later";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 10);
    try (CapturedLog log = new CapturedLog();
        Engine engine = cluster.engine(Map.of())) {
      // When
      TestFunction.named(name).of(Later.class).withDeadline(Duration.ofSeconds(1)).start(engine);
      cluster.awaitDistinct(name + "-out", 10);
      // Then
      List<String> lines = log.lines();
      assertThat(lines).hasSize(3);
      assertThat(lines.get(1)).isEqualTo("WARN [later] a call is cancelled; it is at later-0 @ 6");
      assertThat(lines.getFirst())
          .startsWith(
              "WARN [later, later-0 @ 3] the function threw IllegalStateException: not yet. Attempt"
                  + " 1 failed; again in ");
      assertThat(lines.getLast())
          .contains("the call did not return within 1000 ms and was cancelled");
    }
  }
}
