package dev.millrace.engine.settings;

import dev.millrace.Guarantee;
import dev.millrace.Ordering;
import dev.millrace.Threads;

/// How messages come to calls. For a function that runs it stays what it was at its start.
///
/// @param ordering which messages wait for each other
/// @param threads where the function is called
/// @param guarantee what holds for each message when a process dies
public record CallSettings(Ordering ordering, Threads threads, Guarantee guarantee) {
  /// As many as wait at the same time without flooding what they wait for.
  private static final int VIRTUAL_CALLS = 200;

  /// What holds where nobody set anything.
  public static CallSettings defaults() {
    return new CallSettings(
        Catalogue.ORDERING.fallback(),
        Catalogue.THREADS.fallback(),
        Catalogue.GUARANTEE.fallback());
  }

  /// Whether each call has a virtual thread of its own.
  public boolean virtual() {
    return switch (threads) {
      case AUTO -> ordering != Ordering.PARTITION;
      case VIRTUAL -> true;
      case PLATFORM -> false;
    };
  }

  /// The most calls in flight where `concurrency` is not set.
  int most() {
    return switch (ordering) {
      case PARTITION -> Integer.MAX_VALUE;
      case KEY, NONE -> virtual() ? VIRTUAL_CALLS : Runtime.getRuntime().availableProcessors();
    };
  }
}
