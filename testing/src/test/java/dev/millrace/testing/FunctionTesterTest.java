package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import dev.millrace.Verdict;
import dev.millrace.VerdictException;
import dev.millrace.Verdicts;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.testing.Functions.Async;
import dev.millrace.testing.Functions.Batch;
import dev.millrace.testing.Functions.Full;
import dev.millrace.testing.Functions.Order;
import dev.millrace.testing.Functions.Receipt;
import dev.millrace.testing.Functions.Several;
import dev.millrace.testing.Functions.Single;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionTesterTest {
  private static final String BAD = "{\"id\": \"bad\", \"amount\": \"much\"}";

  @Test
  void batchesAreAsLargeAsTheFunctionSays() {
    // Given
    FunctionTester tester = FunctionTester.of(Batch.class);
    // When values are a record, a map, text and bytes
    Outcome outcome =
        tester.send(
            new Order("a", 1),
            Map.of("id", "b", "amount", 2),
            "{\"id\": \"c\", \"amount\": 3}",
            "{\"id\": \"d\", \"amount\": 4}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    // Then
    assertThat(outcome)
        .succeeded()
        .hasDone(4)
        .hasOutputs("receipts", 4)
        .values("receipts", Receipt.class)
        .containsExactly(
            new Receipt("a", "batch of 3"),
            new Receipt("b", "batch of 3"),
            new Receipt("c", "batch of 3"),
            new Receipt("d", "batch of 1"));
    assertThat(outcome.outputs().getLast().source()).isEqualTo("orders/0/3");
  }

  @Test
  void anotherBatchSizeHoldsForTheTest() {
    // Given
    FunctionTester tester = FunctionTester.of(Batch.class).withBatchSize(1);
    // When
    Outcome outcome = tester.send(new Order("a", 1), new Order("b", 2));
    // Then
    assertThat(outcome)
        .texts("receipts")
        .containsExactly(
            "{\"order\":\"a\",\"method\":\"batch of 1\"}",
            "{\"order\":\"b\",\"method\":\"batch of 1\"}");
  }

  @Test
  void anUnreadableMessageEndsItWithPathAndRule() {
    // Given
    FunctionTester tester = FunctionTester.of(Batch.class);
    // When
    Outcome outcome = tester.send(new Order("a", 1), BAD, new Order("c", 3), new Order("d", 4));
    // Then what comes before is done, and what comes behind is not called
    assertThat(outcome)
        .failed(FailureKind.UNREADABLE)
        .hasMessage("at /amount: must be a number, and is text")
        .hasDone(1)
        .hasOutputs("receipts", 1);
  }

  @Test
  void goingOnCallsWhatComesBehindAFailure() {
    // Given
    FunctionTester tester = FunctionTester.of(Single.class).goingOn();
    // When
    Outcome outcome = tester.send(BAD, new Order("a", -1), BAD, new Order("c", 3));
    // Then
    assertThat(outcome).hasDone(1).values("receipts", Receipt.class).hasSize(1);
    assertThat(outcome.failures())
        .extracting(CallFailure::kind, CallFailure::where)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple(FailureKind.UNREADABLE, "orders-0 @ 0"),
            org.assertj.core.api.Assertions.tuple(FailureKind.FUNCTION_FAILED, "orders-0 @ 1"),
            org.assertj.core.api.Assertions.tuple(FailureKind.UNREADABLE, "orders-0 @ 2"));
  }

  @Test
  void whatTheFunctionThrowsIsThereWithItsLine() {
    // Given
    FunctionTester tester = FunctionTester.of(Single.class);
    // When
    Outcome outcome = tester.send(new Order("a", -1));
    // Then
    assertThat(outcome)
        .failed(FailureKind.FUNCTION_FAILED)
        .hasMessage("the function threw IllegalStateException: no credit")
        .hasNoOutputs();
    assertThat(outcome.failure().orElseThrow().stack())
        .startsWith("java.lang.IllegalStateException: no credit\n")
        .contains("Functions$Single.receipt(Functions.java:");
  }

  @Test
  void failingCallsAreMadeAgainWhereToldSo() {
    // Given a function that fails twice
    Single function = new Single();
    FunctionTester tester = FunctionTester.on(function).withRetries(2);
    // When
    Outcome outcome = tester.send(new Order("a", -1));
    // Then
    assertThat(outcome).succeeded().hasOutputs("receipts", 1);
    assertThat(function.calls).isEqualTo(3);
  }

  @Test
  void messagesHaveTheirKeyHeadersTimeAndTopic() {
    // Given
    Input input =
        Input.of(new Order("a", 1))
            .key("k")
            .header("who", "Ada")
            .at(Instant.parse("2026-01-31T12:00:00Z"))
            .from("returns");
    // When
    Outcome outcome = FunctionTester.of(Full.class).send(input, Input.tombstone("gone"));
    // Then
    assertThat(outcome).succeeded().hasSkipped(0);
    assertThat(outcome)
        .outputs("receipts")
        .extracting(OutputRecord::key)
        .containsExactly("k", "gone");
    assertThat(outcome.outputs("receipts").getFirst().as(Receipt.class))
        .isEqualTo(new Receipt("a", "returns"));
    assertThat(outcome.outputs("receipts").getLast().isTombstone()).isTrue();
    assertThat(outcome).texts("log").containsExactly("Ada at 2026-01-31T12:00:00Z");
  }

  @Test
  void tombstonesAreSkippedByFunctionsOverValues() {
    // When
    Outcome outcome = FunctionTester.of(Batch.class).send(Input.tombstone("gone"));
    // Then
    assertThat(outcome).succeeded().hasDone(1).hasSkipped(1).hasNoOutputs();
  }

  @Test
  void stagesAreWaitedForUntilTheDeadline() {
    // Given
    FunctionTester tester =
        FunctionTester.of(Async.class).withDeadline(Duration.ofMillis(50)).goingOn();
    // When
    Outcome outcome = tester.send(new Order("a", 1), new Order("b", -1), new Order("c", 3));
    // Then
    assertThat(outcome)
        .failed(FailureKind.OVERDUE)
        .hasMessage("50 ms")
        .hasDone(2)
        .values("receipts", Receipt.class)
        .containsExactly(new Receipt("a", "async"), new Receipt("c", "async"));
  }

  @Test
  void itsObjectIsClosedWithIt() {
    // Given
    FunctionTester tester = FunctionTester.of(Async.class);
    // When
    tester.close();
    // Then
    assertThat(Async.CLOSED).containsOnly("async");
  }

  @Test
  void oneOfSeveralFunctionsIsNamed() {
    // When
    Outcome outcome = FunctionTester.of(Several.class, "second").send("a");
    // Then
    assertThat(outcome).texts("shouted").containsExactly("a!");
    assertThatThrownBy(() -> FunctionTester.of(Several.class))
        .isInstanceOf(SetupException.class)
        .hasMessageContaining("FunctionTester.of(Several.class, \"first\")");
    assertThatThrownBy(() -> FunctionTester.of(Several.class, "secnod"))
        .isInstanceOf(SetupException.class)
        .hasMessageContaining("Did you mean 'second'?");
  }

  @Test
  void assertionsSayWhatWasThereInstead() {
    // Given
    Outcome failed = FunctionTester.of(Single.class).send(new Order("a", -1));
    Outcome fine = FunctionTester.of(Batch.class).send(new Order("a", 1));
    // Then
    assertThatThrownBy(() -> assertThat(failed).succeeded())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("[orders-0 @ 0] the function threw IllegalStateException: no credit")
        .hasMessageContaining("Functions.java:");
    assertThatThrownBy(() -> assertThat(fine).failed(FailureKind.UNREADABLE))
        .hasMessageContaining("every message is done");
    assertThatThrownBy(() -> assertThat(failed).failed(FailureKind.UNREADABLE))
        .hasMessageContaining("no credit");
    assertThatThrownBy(() -> assertThat(fine).hasOutputs("receipts", 2))
        .hasMessageContaining("outputs for 'receipts'");
    assertThatThrownBy(() -> assertThat(fine).hasNoOutputs()).hasMessageContaining("receipts");
    assertThatThrownBy(() -> assertThat(fine).hasDone(3)).hasMessageContaining("3");
    assertThatThrownBy(() -> assertThat(fine).hasSkipped(1)).hasMessageContaining("1");
    assertThatThrownBy(() -> assertThat(fine).hasMessage("x")).hasMessageContaining("no failure");
  }

  public static class Judging {
    @KafkaFunction(name = "judging", topics = "orders", outputs = @Output(topic = "good"))
    public List<String> judge(List<String> orders, Verdicts verdicts) {
      List<String> good = new ArrayList<>();
      for (String order : orders) {
        switch (order) {
          case "test" -> verdicts.skip(order, "a test order");
          case "bad" -> verdicts.deadLetter(order, "no price");
          default -> good.add(order);
        }
      }
      return good;
    }

    @KafkaFunction(name = "single", topics = "orders", outputs = @Output(topic = "good"))
    public String judge(String order) {
      if (order.equals("bad")) {
        throw new VerdictException(Verdict.deadLetter("no price"));
      }
      return order;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"judging", "single"})
  void tellsTheVerdictsOnMessages(String name) {
    // Given
    try (FunctionTester tester = FunctionTester.of(Judging.class, name)) {
      // When
      Outcome outcome = tester.send("a", "bad", "b");
      // Then
      assertThat(outcome).succeeded().hasDone(2).gave(Verdict.deadLetter("no price"));
      assertThat(outcome).texts("good").containsExactly("a", "b");
      org.assertj.core.api.Assertions.assertThat(outcome.verdicts().getFirst().offset()).isOne();
    }
  }
}
