package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.KafkaFunction;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.testing.Functions.Batch;
import dev.millrace.testing.Functions.Order;
import dev.millrace.testing.Functions.Several;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaExtension.class)
class KafkaExtensionIT {
  @RepeatedTest(2)
  void functionsRunToTheEndOnTopicsOfTheTestsOwn(TestKafka kafka) {
    // Given
    kafka.produce("lines", "one", "two");
    // When
    kafka.run(Several.class).toTheEnd();
    // Then both functions are done, and nothing is there of the test before
    assertThat(kafka.consume("shouted"))
        .extracting(OutputRecord::text)
        .containsExactly("one!", "two!");
  }

  @Test
  void aRunTakesWhatComes(TestKafka kafka) {
    // Given
    try (TestRun run = kafka.run(Batch.class)) {
      // When
      kafka.produce("orders", new Order("a", 1), Input.of(new Order("b", 2)).key("k"));
      List<OutputRecord> receipts = kafka.consume("receipts", 2);
      // Then
      assertThat(receipts).extracting(OutputRecord::topic).containsOnly("receipts");
    }
  }

  public static class Failing {
    @KafkaFunction(name = "failing", topics = "orders", retries = 0)
    public void fail(List<String> orders) {
      throw new IllegalStateException("no credit");
    }
  }

  @Test
  void aFailureStopsTheRunAndSaysWhere(TestKafka kafka) {
    // Given
    kafka.produce("orders", "an order");
    TestRun run = kafka.run(Failing.class);
    // When
    String where = run.awaitStopped();
    // Then
    assertThat(where).startsWith("orders-0 @ 0");
    assertThatThrownBy(run::toTheEnd)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("failing is STOPPED orders-0 @ 0");
  }

  @Test
  void topicsCanHaveNamesThatNobodyElseHas(TestKafka kafka) {
    // Given
    String topic = kafka.topic("orders");
    String other = kafka.topic("orders");
    // When
    kafka.produce(topic, "{}", Input.tombstone("k"));
    // Then
    assertThat(topic).startsWith("orders-").isNotEqualTo(other);
    assertThat(kafka.consume(topic)).hasSize(2);
    assertThat(kafka.consume(topic).getLast().isTombstone()).isTrue();
    assertThat(kafka.consume(other)).isEmpty();
  }

  @Test
  void aTestMayDeleteItsTopicsItself(TestKafka kafka) throws Exception {
    // Given
    String gone = kafka.topic("gone");
    kafka.topic("left");
    // When the extension deletes the rest, and fails the test where it cannot
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
      admin.deleteTopics(List.of(gone)).all().get();
    }
    // Then
    assertThat(gone).startsWith("gone-");
  }

  /// Its second function cannot be started.
  public static final class HalfRight implements AutoCloseable {
    private static boolean closed;

    @KafkaFunction(name = "first", topics = "half-right")
    public void first(String message) {}

    @KafkaFunction(name = "second", topics = "half-right", deadline = "soon")
    public void second(String message) {}

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  void whereOneFunctionCannotStartTheOthersEnd(TestKafka kafka) {
    // Given
    HalfRight.closed = false;
    // When
    assertThatThrownBy(() -> kafka.run(HalfRight.class))
        .isInstanceOf(SetupException.class)
        .hasMessageContaining("soon");
    // Then
    assertThat(HalfRight.closed).isTrue();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("first-0");
  }
}
