package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.Guarantee;
import dev.millrace.Ordering;
import dev.millrace.Threads;
import dev.millrace.engine.settings.CallSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Offsets that are committed before the call, on a real broker.
class AtMostOnceIT {
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static TestFunction function(String name, Ordering ordering) {
    return TestFunction.named(name)
        .with(new CallSettings(ordering, Threads.AUTO, Guarantee.AT_MOST_ONCE))
        .withConcurrency(20);
  }

  @ParameterizedTest
  @EnumSource(Ordering.class)
  void whenTheFunctionIsEnteredTheOffsetIsAlreadyBehindTheMessage(Ordering ordering)
      throws Exception {
    // Given
    String name = "before-" + ordering.ordinal();
    cluster.createWithOutput(name, 1);
    cluster.produceKeys(name, 5, 300);
    Queue<String> early = new ConcurrentLinkedQueue<>();
    TestFunction.on(
        name,
        message -> {
          if (cluster.committed(name, name, 0) <= message.offset()) {
            early.add(message.value());
          }
        });
    // When
    try (CapturedLog log = new CapturedLog();
        Engine engine = cluster.engine(Map.of())) {
      function(name, ordering).start(engine);
      cluster.awaitDistinct(name + "-out", 300);
      // Then
      assertThat(log.lines()).isEmpty();
    }
    assertThat(early).isEmpty();
    assertThat(cluster.values(name + "-out")).hasSize(300);
  }

  @ParameterizedTest
  @EnumSource(Ordering.class)
  void aCallThatHangsWhenItsProcessEndsIsNotMadeAgainByTheNext(Ordering ordering) throws Exception {
    // Given a call that never returns, the first time
    String name = "hanging-" + ordering.ordinal();
    cluster.createWithOutput(name, 1);
    cluster.produceKeys(name, 5, 300);
    CountDownLatch hangs = new CountDownLatch(1);
    Queue<String> called = new ConcurrentLinkedQueue<>();
    TestFunction.on(
        name,
        message -> {
          called.add(message.value());
          if (message.value().equals("7") && hangs.getCount() > 0) {
            hangs.countDown();
            new CountDownLatch(1).await();
          }
        });
    try (Engine engine = cluster.engine(Map.of(), Duration.ofMillis(200))) {
      function(name, ordering).start(engine);
      hangs.await();
      // When
      assertThat(engine.stop()).isFalse();
    }
    long before = called.size();
    try (Engine engine = cluster.engine(Map.of())) {
      function(name, ordering).start(engine);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 300);
      await().atMost(TestCluster.PATIENCE).until(() -> called.contains("299"));
    }
    // Then nothing is called twice, and nothing is lost but what was in that call
    assertThat(called).doesNotHaveDuplicates();
    assertThat((long) called.size()).isGreaterThan(before);
    List<String> expected = new ArrayList<>(IntStream.range(0, 300).mapToObj(i -> "" + i).toList());
    if (ordering == Ordering.PARTITION) {
      expected.removeAll(IntStream.range(8, 50).mapToObj(i -> "" + i).toList());
    }
    assertThat(called).containsAll(expected);
    assertThat(cluster.values(name + "-out")).doesNotContain("7").doesNotHaveDuplicates();
  }
}
