package dev.millrace.engine.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Records of a partition that wait for each other, as long as there are such. Every one is in
/// exactly one of [#outstanding], [#redo] and [#queue], in offset order across the three.
final class Lane<R> {
  final Partition<R> partition;
  private final Object key;

  /// Called or being delivered. Only the last can be calling.
  final Deque<Work<R>> outstanding = new ArrayDeque<>(2);

  /// To be called again before anything of the queue, with what is finished or being delivered
  /// behind such. While no call is in flight the first is to be called.
  final Deque<Work<R>> redo = new ArrayDeque<>(2);

  /// Never called.
  final Deque<R> queue = new ArrayDeque<>(2);

  long queuedBytes;

  /// The call whose result is no longer wanted but whose end is: no other call before it.
  @Nullable Group<R> abandoned;

  /// Whether it is among those from which a batch can be made.
  boolean offered;

  Lane(Partition<R> partition, Object key) {
    this.partition = partition;
    this.key = key;
  }

  boolean calling() {
    return abandoned != null || (!outstanding.isEmpty() && outstanding.getLast().calling());
  }

  /// Whether what has never been called comes next.
  boolean isFree() {
    return redo.isEmpty() && !calling();
  }

  /// Puts pieces in front of what is to be called again.
  void putBack(List<Work<R>> pieces) {
    for (int i = pieces.size() - 1; i >= 0; i--) {
      redo.addFirst(pieces.get(i));
    }
  }

  /// Takes everything from this piece on out of the lane, but for what was never called.
  List<Work<R>> takeFrom(Work<R> first) {
    List<Work<R>> pieces = pieces();
    List<Work<R>> taken = pieces.subList(pieces.indexOf(first), pieces.size());
    for (int i = 0; i < taken.size(); i++) {
      (redo.isEmpty() ? outstanding : redo).removeLast();
    }
    return taken;
  }

  /// All pieces, in offset order.
  List<Work<R>> pieces() {
    List<Work<R>> all = new ArrayList<>(outstanding);
    all.addAll(redo);
    return all;
  }

  /// Ends it if nothing is left.
  void endIfEmpty() {
    if (outstanding.isEmpty() && redo.isEmpty() && queue.isEmpty() && abandoned == null) {
      partition.lanes.remove(key);
    }
  }
}
