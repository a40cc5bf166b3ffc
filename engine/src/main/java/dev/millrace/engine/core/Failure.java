package dev.millrace.engine.core;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

/// Why a call, or the delivery of its outputs, did not succeed.
public sealed interface Failure {
  /// What was thrown, with the stack a person needs.
  Throwable cause();

  /// The author's code threw. Calling again can help.
  record FunctionFailed(Throwable cause) implements Failure {}

  /// The call did not return within its deadline and was cancelled. Calling again can help.
  record Overdue(Duration deadline, Throwable cause) implements Failure {}

  /// The first record not done cannot be decoded as the function's input. Calling again cannot
  /// help.
  record Unreadable(Throwable cause) implements Failure {}

  /// The call returned an event for an undeclared topic, or one that breaks its schema or cannot be
  /// written. Calling again cannot help.
  record InvalidOutput(Throwable cause) implements Failure {}

  /// The cluster did not take the outputs in time. Again, for ever: nobody's fault but the
  /// cluster's.
  record Unavailable(Throwable cause) implements Failure {}

  /// The group's position is not in the partition's log. Reading on from anywhere else is a
  /// person's decision.
  record Unreachable(Throwable cause) implements Failure {}

  /// A mistake of ours.
  record Defect(Throwable cause) implements Failure {}

  /// A call that did not return within its deadline.
  static Overdue overdue(Duration deadline) {
    return new Overdue(
        deadline,
        new TimeoutException("the call did not return within " + deadline.toMillis() + " ms"));
  }
}
