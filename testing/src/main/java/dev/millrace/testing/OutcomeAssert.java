package dev.millrace.testing;

import dev.millrace.Verdict;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;

/// Says what is expected of an [Outcome]; AssertJ's `assertThat` makes one.
public final class OutcomeAssert extends AbstractAssert<OutcomeAssert, Outcome> {
  OutcomeAssert(Outcome actual) {
    super(actual, OutcomeAssert.class);
  }

  /// Every message is done.
  public OutcomeAssert succeeded() {
    if (!actual.failures().isEmpty()) {
      failWithMessage(
          "Expected every message to be done, but%n%s",
          actual.failures().stream().map(CallFailure::toString).collect(Collectors.joining("\n")));
    }
    return this;
  }

  /// A call failed first in this way.
  public OutcomeAssert failed(FailureKind kind) {
    if (actual.failure().isEmpty()) {
      failWithMessage("Expected the failure %s, but every message is done", kind);
    }
    actual
        .failure()
        .filter(failure -> failure.kind() != kind)
        .ifPresent(failure -> failWithMessage("Expected the failure %s, but%n%s", kind, failure));
    return this;
  }

  /// The first failure says this.
  public OutcomeAssert hasMessage(String part) {
    Assertions.assertThat(actual.failure().map(CallFailure::message).orElse("no failure"))
        .as("the failure's message")
        .contains(part);
    return this;
  }

  /// So many messages are done.
  public OutcomeAssert hasDone(int count) {
    Assertions.assertThat(actual.done()).as("messages that are done").isEqualTo(count);
    return this;
  }

  /// So many tombstones were passed over.
  public OutcomeAssert hasSkipped(int count) {
    Assertions.assertThat(actual.skipped()).as("tombstones that were skipped").isEqualTo(count);
    return this;
  }

  /// The function gave these verdicts, in the order of the messages, and on no other message.
  public OutcomeAssert gave(Verdict... verdicts) {
    Assertions.assertThat(actual.verdicts().stream().map(GivenVerdict::verdict))
        .as("verdicts")
        .containsExactly(verdicts);
    return this;
  }

  /// There are so many outputs for this topic.
  public OutcomeAssert hasOutputs(String topic, int count) {
    outputs(topic).hasSize(count);
    return this;
  }

  /// There is no output for any topic.
  public OutcomeAssert hasNoOutputs() {
    Assertions.assertThat(actual.outputs()).as("outputs").isEmpty();
    return this;
  }

  /// The outputs for this topic, to say more of them.
  public ListAssert<OutputRecord> outputs(String topic) {
    return Assertions.assertThat(actual.outputs(topic)).as("outputs for '%s'", topic);
  }

  /// The values of the outputs for this topic, as they are written.
  public ListAssert<String> texts(String topic) {
    List<String> texts = actual.outputs(topic).stream().map(OutputRecord::text).toList();
    return Assertions.assertThat(texts).as("outputs for '%s'", topic);
  }

  /// The values of the outputs for this topic, read from JSON.
  public <T> ListAssert<T> values(String topic, Class<T> type) {
    List<T> values = actual.outputs(topic).stream().map(output -> output.as(type)).toList();
    return Assertions.assertThat(values).as("outputs for '%s'", topic);
  }
}
