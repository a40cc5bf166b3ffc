package dev.millrace.cli;

import java.time.Duration;

/// Holds a loop back to so many rounds a second.
final class Pace {
  private final double perSecond;
  private final Stop stop;
  private final long start = System.nanoTime();
  private long rounds;

  /// @param perSecond the most rounds in a second; 0 = as many as can be
  Pace(double perSecond, Stop stop) {
    this.perSecond = perSecond;
    this.stop = stop;
  }

  /// Waits until the next round may begin.
  void next() {
    if (perSecond == 0) {
      return;
    }
    long due = start + (long) (rounds++ * 1e9 / perSecond);
    long wait = due - System.nanoTime();
    if (wait > 0) {
      stop.await(Duration.ofNanos(wait));
    }
  }
}
