package dev.millrace.engine.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What happened so far to records that are called together.
final class History {
  /// The calls made since a batch failed first, to find out which of its records is at fault.
  private static final class Search {
    int calls = 1;
  }

  /// Calls made with the first record, the next one included.
  int attempt = 1;

  /// How many of those failed by its fault.
  int failures;

  /// Part of a batch that failed: if it fails too, it is halved at once.
  boolean suspect;

  /// A half of a batch that failed.
  boolean half;

  /// Not to be called until somebody resumes the partition.
  boolean stopped;

  /// Why it is called again; null before it failed.
  @Nullable Failure failure;

  /// When it failed first, in the core's time.
  long failedMillis = -1;

  /// When it failed first with no other record, in the core's time.
  long aloneMillis = -1;

  private @Nullable Search search;

  History copy() {
    History copy = new History();
    copy.attempt = attempt;
    copy.failures = failures;
    copy.suspect = suspect;
    copy.half = half;
    copy.stopped = stopped;
    copy.failure = failure;
    copy.failedMillis = failedMillis;
    copy.aloneMillis = aloneMillis;
    copy.search = search;
    return copy;
  }

  Failure failure() {
    return Objects.requireNonNull(failure);
  }

  /// It is being called.
  void called() {
    if (search != null) {
      search.calls++;
    }
  }

  void failed(Failure why, boolean alone, long now) {
    failure = why;
    attempt++;
    if (search == null) {
      search = new Search();
      failedMillis = now;
    }
    if (alone && aloneMillis < 0) {
      aloneMillis = now;
    }
  }

  /// How many calls were made with the first record.
  int attempts() {
    return attempt - 1;
  }

  /// How many calls it took so far to find it.
  int calls() {
    return search == null ? 0 : search.calls;
  }

  /// Why it failed may have been mended.
  void forget() {
    failures = 0;
    suspect = false;
    half = false;
    stopped = false;
    failedMillis = -1;
    aloneMillis = -1;
    search = null;
  }
}
