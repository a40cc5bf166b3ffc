package dev.millrace.engine.core;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Records of one lane that are called together, from their first call until they are finished. A
/// call that ends differently for some of them splits it.
final class Work<R> {
  enum Phase {
    /// To be called, again.
    WAITING,
    CALLING,
    /// Its outputs, or its dead letter, are on their way.
    DELIVERING,
    /// The cluster has them.
    DELIVERED
  }

  final Lane<R> lane;
  final List<R> records;
  final long bytes;

  /// Shared with all that is called together with it.
  final History history;

  Phase phase = Phase.WAITING;

  /// That it is called or delivered with; null when it has been delivered.
  @Nullable Group<R> group;

  /// What is written of it; null for one that becomes no dead letter.
  Action.@Nullable Letter<R> letter;

  Work(Lane<R> lane, List<R> records, long bytes, History history) {
    this.lane = lane;
    this.records = records;
    this.bytes = bytes;
    this.history = history;
  }

  boolean calling() {
    return phase == Phase.CALLING;
  }

  R first() {
    return records.getFirst();
  }

  Group<R> group() {
    return Objects.requireNonNull(group);
  }

  Action.Letter<R> letter() {
    return Objects.requireNonNull(letter);
  }

  /// All of it, to be called again.
  Work<R> again(History other) {
    return new Work<>(lane, records, bytes, other);
  }

  /// Some of its records.
  Work<R> part(int from, int to, History other) {
    if (from == 0 && to == records.size()) {
      return again(other);
    }
    List<R> some = List.copyOf(records.subList(from, to));
    return new Work<>(lane, some, lane.partition.size(some), other);
  }
}
