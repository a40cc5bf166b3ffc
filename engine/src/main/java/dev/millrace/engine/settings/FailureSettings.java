package dev.millrace.engine.settings;

import dev.millrace.OnError;
import java.time.Duration;
import java.util.List;

/// What becomes of messages that fail.
///
/// @param then what becomes of one that no retry helped
/// @param byClass exceptions that have a rule of their own
/// @param unreadable what becomes of one that cannot be read as the function's input
/// @param maxAge after this long since its first failure a message is not tried again
/// @param inARow so many may become dead letters one after the other; the next stops its partition
/// @param percent this share of the last thousand may become dead letters
public record FailureSettings(
    OnError then,
    List<ErrorRule> byClass,
    OnError unreadable,
    Duration maxAge,
    int inARow,
    int percent) {
  /// Refuses what is out of range.
  public FailureSettings {
    byClass = List.copyOf(byClass);
    Catalogue.RETRY_MAX_AGE.check(maxAge);
    Catalogue.DEAD_LETTERS_IN_A_ROW.check(inARow);
    Catalogue.DEAD_LETTERS_PERCENT.check(percent);
  }

  /// What holds where nobody set anything.
  public static FailureSettings defaults() {
    return new FailureSettings(
        Catalogue.ON_ERROR.fallback(),
        Catalogue.ON_ERROR_FOR.fallback(),
        Catalogue.ON_UNREADABLE.fallback(),
        Catalogue.RETRY_MAX_AGE.fallback(),
        Catalogue.DEAD_LETTERS_IN_A_ROW.fallback(),
        Catalogue.DEAD_LETTERS_PERCENT.fallback());
  }

  /// The same with another [#then].
  public FailureSettings withThen(OnError other) {
    return new FailureSettings(other, byClass, unreadable, maxAge, inARow, percent);
  }

  /// Whether any message can become a dead letter by the policy; the function's verdicts can make
  /// some whatever this says.
  public boolean writesDeadLetters() {
    return then == OnError.DEAD_LETTER
        || unreadable == OnError.DEAD_LETTER
        || byClass.stream().anyMatch(rule -> rule.then() == OnError.DEAD_LETTER);
  }
}
