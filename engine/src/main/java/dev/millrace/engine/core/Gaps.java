package dev.millrace.engine.core;

import java.util.Collections;
import java.util.List;

/// What is finished behind a committed position: every record from it up to an end, but for some.
///
/// @param unfinished the offsets of those, ascending; the position itself too if it has a record
/// @param end behind the last finished record
/// @param leaderEpoch of that record. What has a later one was written over it since, when the log
///   was cut back
public record Gaps(List<Long> unfinished, long end, int leaderEpoch) {
  /// Nothing behind the position is finished.
  public static final Gaps NONE = new Gaps(List.of(), 0, Position.NO_EPOCH);

  /// Whether nothing behind the position is finished.
  public boolean isEmpty() {
    return end == 0;
  }

  /// So much of it that it has its place in the metadata of a commit; the rest is called again.
  ///
  /// @param most unfinished offsets
  /// @param span from the first of them to the end
  Gaps within(int most, long span) {
    int count = Math.min(most, unfinished.size());
    while (count > 0 && unfinished.get(count - 1) - unfinished.getFirst() >= span) {
      count--;
    }
    long last =
        count < unfinished.size()
            ? unfinished.get(count)
            : Math.min(end, unfinished.isEmpty() ? end : unfinished.getFirst() + span);
    return last == end ? this : new Gaps(unfinished.subList(0, count), last, leaderEpoch);
  }

  /// What is finished behind a later position.
  Gaps from(long position) {
    return position >= end
        ? NONE
        : new Gaps(
            unfinished.stream().filter(offset -> offset >= position).toList(), end, leaderEpoch);
  }

  /// Whether a record at or behind the position is finished.
  public boolean isFinished(long offset, int epoch) {
    return offset < end && epoch <= leaderEpoch && Collections.binarySearch(unfinished, offset) < 0;
  }

  /// Whether a record at or behind the position shows that the log was cut back since.
  boolean isVoid(long offset, int epoch) {
    return offset < end && epoch > leaderEpoch;
  }
}
