package dev.millrace.testing;

import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AssertProvider;

/// What came of messages that were sent to a function.
///
/// AssertJ's own `assertThat(outcome)` leads to an [OutcomeAssert].
///
/// @param done how many of the messages are done, in their order
/// @param outputs what would have gone out, in that order
/// @param skipped how many of them were tombstones, which only functions over `Message` get
/// @param verdicts what the function said of messages that are not simply done, in their order
/// @param failures why others are not done; one at most, unless the tester goes on after failures
public record Outcome(
    int done,
    List<OutputRecord> outputs,
    int skipped,
    List<GivenVerdict> verdicts,
    List<CallFailure> failures)
    implements AssertProvider<OutcomeAssert> {
  /// Copies its lists.
  public Outcome {
    outputs = List.copyOf(outputs);
    verdicts = List.copyOf(verdicts);
    failures = List.copyOf(failures);
  }

  /// The outputs for one topic.
  public List<OutputRecord> outputs(String topic) {
    return outputs.stream().filter(output -> output.topic().equals(topic)).toList();
  }

  /// The first failure; empty when there is none.
  public Optional<CallFailure> failure() {
    return failures.stream().findFirst();
  }

  @Override
  public OutcomeAssert assertThat() {
    return new OutcomeAssert(this);
  }
}
