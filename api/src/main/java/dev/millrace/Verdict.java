package dev.millrace;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the author's code says of one message that is not simply done. Immutable.
///
/// A function over a list gives it with [Verdicts]; any code that deals with a single message can
/// throw it as a [VerdictException].
public sealed interface Verdict {
  /// Why, for the people who will read the log or the dead letter; empty when it was not said.
  String reason();

  /// The message is done, without an output.
  record Skip(String reason) implements Verdict {}

  /// The message is to be handed over again.
  ///
  /// @param after how long to wait; null for as long as after a failure
  record Retry(@Nullable Duration after, String reason) implements Verdict {}

  /// The message is written to the dead-letter topic.
  record DeadLetter(String reason) implements Verdict {}

  /// The partition stops at the message.
  record Stop(String reason) implements Verdict {}

  /// The message is done, without an output.
  static Verdict skip(String reason) {
    return new Skip(reason);
  }

  /// The message is handed over again after this time, as often as the function's `retries` allow
  /// and whatever `retry-max-age` says; then its `on-error` decides.
  static Verdict retry(Duration after, String reason) {
    return new Retry(after, reason);
  }

  /// As [#retry(Duration, String)], after the wait that follows a failure: longer each time.
  static Verdict retry(String reason) {
    return new Retry(null, reason);
  }

  /// The message is written to the dead-letter topic with this reason, without further tries.
  static Verdict deadLetter(String reason) {
    return new DeadLetter(reason);
  }

  /// The partition stops at the message, without further tries.
  static Verdict stop(String reason) {
    return new Stop(reason);
  }
}
