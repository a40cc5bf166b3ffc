package dev.millrace.cli.live;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// A length of time as people are told it: in the unit that says enough, such as `500 ms`, `6.2 s`,
/// `45 min` or `3 d`.
///
/// @param time the length; a negative one, as of clocks that differ, is shown as none
public record Span(Duration time) {
  private static final Duration EXACT = Duration.ofSeconds(10);
  private static final Duration SECONDS = Duration.ofMinutes(2);
  private static final Duration MINUTES = Duration.ofHours(2);
  private static final Duration HOURS = Duration.ofDays(2);

  /// How long ago something was.
  public static Span since(Instant then, Instant now) {
    return new Span(Duration.between(then, now));
  }

  @Override
  public String toString() {
    if (time.isNegative() || time.isZero()) {
      return "0 s";
    }
    if (time.compareTo(Duration.ofSeconds(1)) < 0) {
      return time.toMillis() + " ms";
    }
    if (time.compareTo(EXACT) < 0 && time.toMillisPart() >= 100) {
      return String.format(Locale.ROOT, "%d.%d s", time.toSeconds(), time.toMillisPart() / 100);
    }
    if (time.compareTo(SECONDS) < 0) {
      return time.toSeconds() + " s";
    }
    if (time.compareTo(MINUTES) < 0) {
      return time.toMinutes() + " min";
    }
    return time.compareTo(HOURS) < 0 ? time.toHours() + " h" : time.toDays() + " d";
  }
}
