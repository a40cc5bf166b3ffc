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

  /// The time that it means at this moment; empty where it means none.
  default Optional<Instant> time(Instant now) {
    return switch (this) {
      case At(Instant time) -> Optional.of(time);
      case Back(Duration age) -> Optional.of(now.minus(age));
      case Earliest earliest -> Optional.empty();
      case Latest latest -> Optional.empty();
      case Offset offset -> Optional.empty();
    };
  }

  /// What a text means: `earliest`, `latest`, an offset such as `42`, a time such as
  /// `2026-01-31T00:00:00Z` (without a zone, or without hours: on the clock of this machine), or
  /// how far back, such as `15m` and `7d`; empty for anything else. The setting `start` takes all
  /// but an offset.
  static Optional<Start> read(String text) {
    return ValueType.readStart(text.strip());
  }
}
