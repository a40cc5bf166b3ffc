package dev.millrace.engine.core;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/// What becomes of a record that failed, and how much of that a slot bears.
///
/// @param then what becomes of one whose retries did not help
/// @param byClass exceptions with a rule of their own; the rule of the nearest class counts
/// @param unreadable what becomes of a record that cannot be decoded
/// @param mostAgeMillis after this long since its first failure a record is not tried again
/// @param mostInARow so many records may become dead letters one after the other, then the next one
///   stops its partition
/// @param mostOfRecent this share of the last thousand or so records may become dead letters, 0 to
///   1; looked at from a hundred records on
public record Policy(
    Then then,
    List<ByClass> byClass,
    Then unreadable,
    long mostAgeMillis,
    int mostInARow,
    double mostOfRecent) {
  /// What becomes of a record that nothing helped.
  public enum Then {
    /// Its partition stops there.
    STOP,
    /// It is written to the dead-letter topic, and counts as finished when it is there.
    DEAD_LETTER,
    /// It counts as finished.
    SKIP
  }

  /// A rule for an exception.
  ///
  /// @param exception the simple or full name of its class or of one above it
  /// @param retries how often to call again; -1 for as often as for all others
  public record ByClass(String exception, int retries, Then then) {}

  /// A rule as it holds for one failure.
  record Rule(int retries, Then then) {}

  /// Stops at everything.
  ///
  /// @param mostAgeMillis see [#mostAgeMillis]
  public static Policy stopping(long mostAgeMillis) {
    return new Policy(Then.STOP, List.of(), Then.STOP, mostAgeMillis, 100, 0.5);
  }

  /// @param retries where no rule says another number
  Rule rule(Failure failure, int retries) {
    return switch (failure) {
      case Failure.FunctionFailed(Throwable cause) -> ofClass(cause, retries);
      case Failure.Overdue(var deadline, Throwable cause) -> ofClass(cause, retries);
      // The same call would return the same.
      case Failure.InvalidOutput(Throwable cause, long offset) ->
          new Rule(0, ofClass(cause, 0).then);
      case Failure.Unreadable f -> new Rule(0, unreadable);
      case Failure.Verdict(Ruling ruling, Throwable cause) ->
          switch (ruling) {
            case Ruling.Skip skip -> new Rule(0, Then.SKIP);
            case Ruling.DeadLetter letter -> new Rule(0, Then.DEAD_LETTER);
            case Ruling.Stop stop -> new Rule(0, Then.STOP);
            case Ruling.Retry retry -> new Rule(retries, then);
          };
      // Not the function's: the cluster comes back.
      case Failure.Unavailable f -> new Rule(Integer.MAX_VALUE, Then.STOP);
      case Failure.Unreachable f -> new Rule(0, Then.STOP);
      case Failure.DeadLetterRefused f -> new Rule(0, Then.STOP);
      case Failure.TooManyDeadLetters f -> new Rule(0, Then.STOP);
      case Failure.Defect f -> new Rule(0, Then.STOP);
    };
  }

  private Rule ofClass(Throwable thrown, int retries) {
    Throwable cause = thrown.getCause();
    if (cause != null
        && (thrown instanceof ExecutionException || thrown instanceof CompletionException)) {
      return ofClass(cause, retries);
    }
    for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
      for (ByClass rule : byClass) {
        if (rule.exception.equals(type.getName())
            || rule.exception.equals(type.getSimpleName())
            || rule.exception.equals(type.getCanonicalName())) {
          return new Rule(rule.retries < 0 ? retries : rule.retries, rule.then);
        }
      }
    }
    return new Rule(retries, then);
  }
}
