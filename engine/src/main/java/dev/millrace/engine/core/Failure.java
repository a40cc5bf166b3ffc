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
  ///
  /// @param offset of the record it was made of, -1 where that is not known
  record InvalidOutput(Throwable cause, long offset) implements Failure {
    /// Of one record of the call, whichever.
    public InvalidOutput(Throwable cause) {
      this(cause, -1);
    }
  }

  /// The cluster did not take the outputs in time. Again, for ever: nobody's fault but the
  /// cluster's.
  record Unavailable(Throwable cause) implements Failure {}

  /// The group's position is not in the partition's log. Reading on from anywhere else is a
  /// person's decision.
  record Unreachable(Throwable cause) implements Failure {}

  /// The author's code gave its verdict on the record, with the reason as the message of the cause.
  record Verdict(Ruling ruling, Throwable cause) implements Failure {}

  /// The record should become a dead letter, which the cluster refused: too large, or no right to
  /// write it.
  ///
  /// @param letter what was the matter with the record
  record DeadLetterRefused(Throwable cause, Failure letter) implements Failure {}

  /// The record should become a dead letter, but too many did.
  ///
  /// @param words how many
  /// @param letter what is the matter with the record
  record TooManyDeadLetters(String words, Failure letter) implements Failure {
    @Override
    public Throwable cause() {
      return letter.cause();
    }
  }

  /// A mistake of ours.
  record Defect(Throwable cause) implements Failure {}

  /// A call that did not return within its deadline.
  static Overdue overdue(Duration deadline) {
    return new Overdue(
        deadline,
        new TimeoutException("the call did not return within " + deadline.toMillis() + " ms"));
  }
}
