package dev.millrace.engine.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Records of one partition that are called together, from their first call until they are
/// finished. A call that ends differently for some of them splits it.
final class Work<R> {
  enum State {
    /// To be called, again.
    WAITING,
    CALLING,
    /// Its outputs, or its dead letter, are on their way.
    DELIVERING,
    /// The cluster has them.
    DELIVERED
  }

  /// Work whose delivery is told with one id: what a call has finished, or its dead letters.
  static final class Group<R> {
    final long id;
    final List<Work<R>> parts = new ArrayList<>(1);

    /// How many records were called together.
    final int called;

    /// When they are to be written again, in the core's time.
    long dueMillis = Long.MAX_VALUE;

    Group(long id, int called) {
      this.id = id;
      this.called = called;
    }

    /// Whether dead letters are written, else the outputs of a call.
    boolean ofLetters() {
      return parts.getFirst().letter != null;
    }
  }

  final Lane<R> lane;
  final List<R> records;
  final long bytes;
  State state = State.WAITING;

  /// Calls made with the first record, this one included.
  int attempt = 1;

  /// How many of those failed by its fault.
  int failures;

  /// Part of a batch that failed: if it fails too, it is halved at once.
  boolean suspect;

  /// The right half to its left one: at fault when this is not.
  @Nullable Work<R> sibling;

  /// Why it is called again; null before it failed.
  @Nullable Failure failure;

  /// When it failed first, in the core's time, and how many calls its lane had made before.
  long failedMillis = -1;

  int callsBefore;

  /// When it failed first with no other record, in the core's time.
  long aloneMillis = -1;

  /// Not to be called before, in the core's time.
  long dueMillis = Long.MIN_VALUE;

  /// That it is called or delivered with; null while it waits or has been delivered.
  @Nullable Group<R> group;

  /// What is written of it; null for one that becomes no dead letter.
  Action.@Nullable Letter<R> letter;

  long startedMillis;

  /// The longest this call may take, by the limits under which it began.
  long deadlineMillis;

  long outputBytes;

  Work(Lane<R> lane, List<R> records, long bytes) {
    this.lane = lane;
    this.records = records;
    this.bytes = bytes;
  }

  boolean calling() {
    return state == State.CALLING;
  }

  Group<R> group() {
    return Objects.requireNonNull(group);
  }

  Failure failure() {
    return Objects.requireNonNull(failure);
  }

  Action.Letter<R> letter() {
    return Objects.requireNonNull(letter);
  }

  /// Some of its records, which share its history.
  Work<R> part(int from, int to) {
    List<R> some = List.copyOf(records.subList(from, to));
    Work<R> part = new Work<>(lane, some, lane.size(some));
    part.attempt = attempt;
    part.failures = failures;
    part.suspect = suspect;
    part.failure = failure;
    part.failedMillis = failedMillis;
    part.callsBefore = callsBefore;
    part.aloneMillis = aloneMillis;
    return part;
  }
}
