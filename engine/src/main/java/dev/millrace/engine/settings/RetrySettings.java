package dev.millrace.engine.settings;

import java.time.Duration;

/// How a failing call is made again.
///
/// @param retries how often it is made again before its partition stops; 0 = never
/// @param delay how long to wait before the first time; doubles with each one
/// @param maxDelay the longest wait, not shorter than [#delay]
public record RetrySettings(int retries, Duration delay, Duration maxDelay) {
  /// Each wait is longer or shorter by up to this share, so that partitions that failed together do
  /// not come back together. Not a setting: no other number would serve anyone better.
  public static final double JITTER = 0.2;

  /// Refuses what is out of range.
  public RetrySettings {
    Catalogue.RETRIES.check(retries);
    Catalogue.RETRY_DELAY.check(delay);
    Catalogue.RETRY_DELAY_MAX.check(maxDelay);
    if (maxDelay.compareTo(delay) < 0) {
      throw new IllegalArgumentException("retry-delay-max is shorter than retry-delay");
    }
  }

  /// What holds where nobody set anything.
  public static RetrySettings defaults() {
    return new RetrySettings(
        Catalogue.RETRIES.fallback(),
        Catalogue.RETRY_DELAY.fallback(),
        Catalogue.RETRY_DELAY_MAX.fallback());
  }
}
