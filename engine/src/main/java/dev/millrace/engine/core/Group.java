package dev.millrace.engine.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Work of one partition that goes together: it is called with one call, and its delivery is told
/// with one id. Has work of several lanes, or of one.
final class Group<R> {
  /// Of the call, or of the dead letters.
  final long id;

  final Partition<R> partition;
  final List<Work<R>> parts;

  /// How many records were called together.
  final int called;

  /// Its call was cancelled and its result is no longer wanted; its end is.
  boolean abandoned;

  /// It was told that it takes too long.
  boolean overdue;

  /// The right half to this left one: at fault when this is not.
  @Nullable Group<R> sibling;

  /// Whether it is known as first in its lanes, due or not.
  boolean offered;

  /// Not to be called, or written again, before this, in the core's time.
  long dueMillis = Long.MIN_VALUE;

  long startedMillis;

  /// The longest the call may take, by the limits under which it began.
  long deadlineMillis;

  /// Of outputs on their way.
  long outputBytes;

  /// @param parts at least one; each joins it
  Group(long id, Partition<R> partition, List<Work<R>> parts) {
    this(id, partition, parts, count(parts));
  }

  Group(long id, Partition<R> partition, List<Work<R>> parts, int called) {
    this.id = id;
    this.partition = partition;
    this.parts = new ArrayList<>(parts);
    this.called = called;
    parts.forEach(part -> part.group = this);
  }

  static <R> int count(List<Work<R>> parts) {
    int records = 0;
    for (Work<R> part : parts) {
      records += part.records.size();
    }
    return records;
  }

  boolean calling() {
    return parts.getFirst().calling();
  }

  /// Whether dead letters are written, else the outputs of a call.
  boolean ofLetters() {
    return parts.getFirst().letter != null;
  }

  R first() {
    return parts.getFirst().first();
  }

  History history() {
    return parts.getFirst().history;
  }

  /// Some of its records, by their places in the call, with a history of their own.
  List<Work<R>> slice(int from, int to, History other) {
    return slice(parts, from, to, other);
  }

  /// Some of the records of pieces, by their places among all.
  static <R> List<Work<R>> slice(List<Work<R>> pieces, int from, int to, History other) {
    List<Work<R>> some = new ArrayList<>(1);
    int base = 0;
    for (Work<R> piece : pieces) {
      int first = Math.max(0, from - base);
      int last = Math.min(piece.records.size(), to - base);
      if (first < last) {
        some.add(piece.part(first, last, other));
      }
      base += piece.records.size();
    }
    return some;
  }

  /// All its records, in the order of the call.
  List<R> records() {
    if (parts.size() == 1) {
      return parts.getFirst().records;
    }
    List<R> all = new ArrayList<>(called);
    parts.forEach(part -> all.addAll(part.records));
    return all;
  }

  /// Whether it can be called as soon as it is due: nothing of its lanes is before it.
  boolean isFirst() {
    for (Work<R> part : parts) {
      if (part.group != this || part.lane.redo.peekFirst() != part || part.lane.calling()) {
        return false;
      }
    }
    return !parts.isEmpty() && !history().stopped;
  }
}
