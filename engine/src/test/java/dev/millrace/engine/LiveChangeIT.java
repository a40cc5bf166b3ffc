package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.Emit;
import dev.millrace.Guarantee;
import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Ordering;
import dev.millrace.Output;
import dev.millrace.Threads;
import dev.millrace.engine.FunctionStatus.Word;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.settings.CallSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Functions whose code and settings change while they run.
class LiveChangeIT {
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// What the author wrote next.
  public static class Negate {
    @KafkaFunction(name = "copy", topics = "in", outputs = @Output(topic = "out"))
    public Emit<String> negate(Message<String> message) {
      return Emit.of("-" + message.value());
    }
  }

  @Test
  void newCodeIsCalledFromTheNextCallOn() throws Exception {
    // Given a call under way
    String name = "replaced";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 1);
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    TestFunction.on(
        name,
        message -> {
          called.countDown();
          go.await();
        });
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = TestFunction.named(name).start(engine);
      called.await();
      FunctionInvoker replacement = TestFunction.named(name).of(Negate.class).invoker();
      // When
      run.replace(replacement);
      // Then that call ends with the old code, the next begins with the new
      assertThat(run.calls(replacement)).isFalse();
      cluster.produce(name, 1, 1, 3);
      go.countDown();
      cluster.awaitDistinct(name + "-out", 3);
      assertThat(cluster.values(name + "-out")).containsExactly("0", "-1", "-2");
      assertThat(run.definition().method().getName()).isEqualTo("negate");
    }
  }

  @Test
  void newCodeGoesOnWhereTheOldStopped() throws Exception {
    // Given a function that stopped
    String name = "corrected";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 10);
    TestFunction.on(
        name,
        message -> {
          if (message.value().equals("5")) {
            throw new IllegalStateException("five");
          }
        });
    try (CapturedLog log = new CapturedLog();
        Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = TestFunction.named(name).start(engine);
      await().atMost(TestCluster.PATIENCE).until(() -> run.status().word() == Word.STOPPED);
      LastFailure failure = run.lastFailure().orElseThrow();
      assertThat(failure.where()).isEqualTo("corrected-0 @ 5");
      assertThat(failure.stack()).contains("five").contains("(LiveChangeIT.java:");
      // When
      run.replace(TestFunction.named(name).of(Negate.class).invoker());
      // Then
      cluster.awaitDistinct(name + "-out", 10);
      assertThat(cluster.values(name + "-out"))
          .containsExactly("0", "1", "2", "3", "4", "-5", "-6", "-7", "-8", "-9");
      assertThat(log.lines())
          .anyMatch(line -> line.startsWith("ERROR [corrected, corrected-0 @ 5"));
      assertThat(new String(run.lastOutput().orElseThrow().value())).isEqualTo("-9");
    }
  }

  @Test
  void howMessagesComeToCallsStaysWhatItWas() throws Exception {
    // Given a function on virtual threads
    String name = "steady";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 0, 1);
    Set<Boolean> virtual = ConcurrentHashMap.newKeySet();
    TestFunction.on(name, message -> virtual.add(Thread.currentThread().isVirtual()));
    TestFunction function = TestFunction.named(name);
    CallSettings light =
        new CallSettings(Ordering.PARTITION, Threads.VIRTUAL, Guarantee.AT_LEAST_ONCE);
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run =
          engine.start(function.invoker(), function.settings().withCalls(light), name);
      cluster.awaitDistinct(name + "-out", 1);
      // When
      run.change(function.withConcurrency(3).settings());
      // Then
      assertThat(run.settings().calls()).isEqualTo(light);
      assertThat(run.settings().mostCalls()).isEqualTo(3);
      cluster.produce(name, 1, 1, 2);
      cluster.awaitDistinct(name + "-out", 2);
      assertThat(virtual).containsExactly(true);
    }
  }

  @Test
  void codeOfOtherTopicsIsRefused() throws Exception {
    // Given
    String name = "faithful";
    cluster.createWithOutput(name, 1);
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = TestFunction.named(name).start(engine);
      // When
      assertThatThrownBy(() -> run.replace(TestFunction.named(name).reading("other").invoker()))
          // Then
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("faithful of [other] cannot replace faithful of [faithful]");
    }
  }

  @Test
  void nothingIsLostWhileSettingsChangeUnderLoad() throws Exception {
    // Given
    String name = "changing";
    cluster.createWithOutput(name, 6);
    TestFunction function = TestFunction.named(name);
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = function.start(engine);
      TestCluster.Flow flow = cluster.new Flow(name, 6);
      AtomicInteger reached = new AtomicInteger();
      for (TestFunction next :
          List.of(
              function.withConsumers(3).withConcurrency(3),
              function.withConsumers(2).withConcurrency(6),
              function.withConsumers(1).withConcurrency(1),
              function.withConsumers(2))) {
        // When
        run.change(next.settings());
        // Then it works on with as many members
        long before = run.meters().recordsIn();
        await()
            .atMost(TestCluster.PATIENCE)
            .until(() -> run.assigned() && run.meters().recordsIn() > before + 500);
        reached.incrementAndGet();
      }
      int count = flow.stop();
      cluster.awaitDistinct(name + "-out", count);
      assertThat(reached).hasValue(4);
      // Members that leave finish first, so nothing is repeated either.
      assertThat(cluster.duplicates(name + "-out", 6, count)).isZero();
      assertThat(run.settings().consumers()).isEqualTo(2);
    }
  }

  @Test
  void aPausedFunctionMakesNoCallsAndKeepsItsPartitions() throws Exception {
    // Given
    String name = "paused";
    cluster.createWithOutput(name, 2);
    cluster.produce(name, 2, 0, 100);
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = TestFunction.named(name).start(engine);
      cluster.awaitDistinct(name + "-out", 100);
      // When
      run.pause();
      // Then
      cluster.produce(name, 2, 100, 200);
      await()
          .atMost(TestCluster.PATIENCE)
          .untilAsserted(() ->
              assertThat(run.status())
                  .extracting(FunctionStatus::word, FunctionStatus::lagRecords)
                  .containsExactly(Word.PAUSED, 100L));
      assertThat(cluster.values(name + "-out")).hasSize(100);
      assertThat(run.status().partitions()).isEqualTo(2);
      run.resume();
      cluster.awaitDistinct(name + "-out", 200);
      assertThat(cluster.duplicates(name + "-out", 2, 200)).isZero();
    }
  }

  @Test
  void aFunctionThatIsRemovedCanBeStartedAgainWithOtherTopics() throws Exception {
    // Given
    String name = "moved";
    cluster.createWithOutput(name, 1);
    cluster.createWithOutput("moved-on", 1);
    cluster.produce(name, 1, 0, 5);
    cluster.produce("moved-on", 1, 5, 8);
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = TestFunction.named(name).start(engine);
      cluster.awaitDistinct(name + "-out", 5);
      // When
      boolean drained = engine.remove(run);
      // Then
      assertThat(drained).isTrue();
      FunctionRun again = TestFunction.named(name).reading("moved-on").start(engine);
      cluster.awaitDistinct(name + "-out", 8);
      assertThat(engine.runs()).containsExactly(again);
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(again.meters().recordsIn()).isEqualTo(3));
    }
  }

  @Test
  void membersAreNotAddedToAFunctionThatWasStopped() throws Exception {
    // Given
    String name = "stopping";
    cluster.createWithOutput(name, 2);
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = TestFunction.named(name).start(engine);
      await().atMost(TestCluster.PATIENCE).until(run::assigned);
      run.stop();
      // When
      run.change(TestFunction.named(name).withConsumers(3).settings());
      // Then
      assertThat(run.awaitEnd()).isTrue();
      assertThat(run.ended()).isTrue();
      assertThat(run.status().partitions()).isZero();
    }
  }
}
