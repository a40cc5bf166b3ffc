package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Instances of a function that join and leave while records flow.
class RebalanceIT {
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

  /// Classic members learn of a rebalance with their next heartbeat, which is 3 s by default.
  private static Engine engine(String protocol) {
    Map<String, String> kafka =
        protocol.equals("classic")
            ? Map.of("group.protocol", protocol, "heartbeat.interval.ms", "300")
            : Map.of("group.protocol", protocol);
    return cluster.engine(kafka, Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void instancesComeAndGoAndNothingIsLostOrRepeated(String protocol) throws Exception {
    // Given
    String name = "moving-" + protocol;
    cluster.create(name, 4);
    cluster.create(name + "-out", 1);
    TestFunction function = TestFunction.named(name);
    TestCluster.Flow flow = cluster.new Flow(name, 4);
    int written;
    try (Engine first = engine(protocol);
        CapturedLog log = new CapturedLog()) {
      FunctionRun one = function.start(first);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.end(name + "-out") > 1_000);
      // When a second instance joins and leaves in the middle of it
      try (Engine second = engine(protocol)) {
        FunctionRun two = function.start(second);
        await()
            .atMost(TestCluster.PATIENCE)
            .until(() -> one.partitions().size() == 2 && two.partitions().size() == 2);
        await().atMost(TestCluster.PATIENCE).until(() -> two.meters().recordsIn() > 500);
        assertThat(second.stop()).isTrue();
      }
      await().atMost(TestCluster.PATIENCE).until(() -> one.partitions().size() == 4);
      written = flow.stop();
      cluster.awaitDistinct(name + "-out", written);
      // Then
      assertThat(log.lines()).isEmpty();
    }
    assertThat(cluster.duplicates(name + "-out", 4, written)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void aCallShorterThanTheDrainIsFinishedWhereItBegan(String protocol) throws Exception {
    // Given calls of two seconds, one for each partition
    String name = "short-" + protocol;
    cluster.create(name, 2);
    cluster.create(name + "-out", 1);
    cluster.produce(name, 2, 0, 2);
    CountDownLatch called = new CountDownLatch(2);
    TestFunction.on(
        name,
        message -> {
          called.countDown();
          Thread.sleep(2_000);
        });
    TestFunction function = TestFunction.named(name);
    try (Engine first = engine(protocol);
        Engine second = engine(protocol)) {
      FunctionRun one = function.start(first);
      called.await();
      // When
      FunctionRun two = function.start(second);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> one.partitions().size() == 1 && two.partitions().size() == 1);
      cluster.awaitDistinct(name + "-out", 2);
    }
    // Then
    assertThat(cluster.duplicates(name + "-out", 2, 2)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void aCallLongerThanTheDrainIsCancelledAndMadeAgainElsewhere(String protocol) throws Exception {
    // Given calls that hang, the first time each
    String name = "long-" + protocol;
    cluster.create(name, 2);
    cluster.create(name + "-out", 1);
    cluster.produce(name, 2, 0, 20);
    CountDownLatch called = new CountDownLatch(2);
    AtomicInteger interrupted = new AtomicInteger();
    TestFunction.on(
        name,
        message -> {
          if (called.getCount() > 0) {
            called.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.incrementAndGet();
              throw e;
            }
          }
        });
    TestFunction function = TestFunction.named(name);
    try (Engine first = engine(protocol);
        Engine second = engine(protocol)) {
      FunctionRun one = function.start(first);
      called.await();
      // When
      FunctionRun two = function.start(second);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> one.partitions().size() == 1 && two.partitions().size() == 1);
      cluster.awaitDistinct(name + "-out", 10);
      // Then the one that stayed still hangs, and ends when it is told to
      assertThat(interrupted).hasValue(1);
      one.stop();
      assertThat(one.awaitEnd()).isFalse();
      cluster.awaitDistinct(name + "-out", 20);
    }
    assertThat(cluster.duplicates(name + "-out", 2, 20)).isLessThanOrEqualTo(BOUND);
  }
}
