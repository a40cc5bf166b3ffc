import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.Message;
import dev.millrace.testing.FailureKind;
import dev.millrace.testing.FunctionTester;
import dev.millrace.testing.Input;
import dev.millrace.testing.Outcome;
import dev.millrace.testing.OutputRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WorkflowTriggerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void sendsTheOrderWithItsIdempotencyKey() throws IOException {
    try (Workflows workflows = Workflows.answering();
        WorkflowTrigger trigger = new WorkflowTrigger(workflows.address(), PATIENCE)) {
      // When
      Outcome outcome =
          FunctionTester.on(trigger).send(Input.of("{\"id\":\"o-1\"}").key("c-1"), "{}");
      // Then
      assertThat(outcome)
          .succeeded()
          .values("workflow.started", WorkflowTrigger.Started.class)
          .containsExactly(
              new WorkflowTrigger.Started("test/test/0/0", "run-1"),
              new WorkflowTrigger.Started("test/test/0/1", "run-1"));
      assertThat(outcome.outputs()).extracting(OutputRecord::key).containsExactly("c-1", null);
      assertThat(workflows.requests())
          .containsExactly(
              new Workflows.Request("test/test/0/0", "{\"id\":\"o-1\"}"),
              new Workflows.Request("test/test/0/1", "{}"));
    }
  }

  @Test
  void aFailedRequestIsSentAgainWithTheSameKey() throws IOException {
    try (Workflows workflows = Workflows.answering(500);
        WorkflowTrigger trigger = new WorkflowTrigger(workflows.address(), PATIENCE)) {
      // When
      Outcome outcome = FunctionTester.on(trigger).withRetries(1).send("{}");
      // Then
      assertThat(outcome).succeeded().hasOutputs("workflow.started", 1);
      assertThat(workflows.requests())
          .extracting(Workflows.Request::key)
          .containsExactly("test/test/0/0", "test/test/0/0");
    }
  }

  @Test
  void whatIsNotStartedIsAFailure() throws IOException {
    try (Workflows workflows = Workflows.answering(404);
        WorkflowTrigger trigger = new WorkflowTrigger(workflows.address(), PATIENCE)) {
      // When
      Outcome outcome = FunctionTester.on(trigger).send("{}");
      // Then
      assertThat(outcome)
          .failed(FailureKind.FUNCTION_FAILED)
          .hasMessage("answered 404")
          .hasNoOutputs();
    }
  }

  @Test
  void noThreadWaitsForASlowAnswer() throws IOException {
    try (Workflows workflows = Workflows.silent();
        WorkflowTrigger trigger = new WorkflowTrigger(workflows.address(), PATIENCE)) {
      // When the call returns to this thread
      CompletableFuture<Optional<WorkflowTrigger.Started>> started =
          trigger.trigger(Message.of("{}")).toCompletableFuture();
      // Then the answer comes when it comes
      await().atMost(PATIENCE).until(() -> !workflows.requests().isEmpty());
      assertThat(started).isNotDone();
      workflows.speak();
      assertThat(started).succeedsWithin(PATIENCE);
    }
  }

  @Test
  void noAnswerInTimeIsAFailure() throws IOException {
    try (Workflows workflows = Workflows.silent();
        WorkflowTrigger trigger =
            new WorkflowTrigger(workflows.address(), Duration.ofMillis(100))) {
      // When
      Outcome outcome = FunctionTester.on(trigger).send("{}");
      // Then
      assertThat(outcome).failed(FailureKind.FUNCTION_FAILED).hasMessage("timed out");
    }
  }

  @Test
  void anOrderThatWasDeletedStartsNothing() throws IOException {
    try (Workflows workflows = Workflows.answering();
        WorkflowTrigger trigger = new WorkflowTrigger(workflows.address(), PATIENCE)) {
      // When
      Outcome outcome = FunctionTester.on(trigger).send(Input.tombstone("o-1"));
      // Then
      assertThat(outcome).succeeded().hasNoOutputs();
      assertThat(workflows.requests()).isEmpty();
    }
  }
}
