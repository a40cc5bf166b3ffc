package dev.millrace.engine.settings;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Where a group without committed offsets begins to read.
public sealed interface Start {
  /// At the oldest record that is still there.
  record Earliest() implements Start {}

  /// Behind the newest record: only what comes from now on.
  record Latest() implements Start {}

  /// At the first record of this time or later.
  record At(Instant time) implements Start {}

  /// At the first record that is not older than this.
  ///
  /// @param age how far back from the moment the function starts
  record Back(Duration age) implements Start {}

  /// At this offset of every partition, or the nearest that is there.
  record Offset(long offset) implements Start {}

  /// What a text means: `earliest`, `latest`, an offset such as `42`, an instant such as
  /// `2026-01-31T00:00:00Z`, or a duration back such as `7d`; empty for anything else. The setting
  /// `start` takes all but an offset.
  static Optional<Start> read(String text) {
    return ValueType.readStart(text.strip());
  }
}
