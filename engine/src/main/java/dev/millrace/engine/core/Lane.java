package dev.millrace.engine.core;

import dev.millrace.engine.core.LaneView.Condition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One assigned partition: what was received of it, what is under way, what is finished. Every
/// record is in exactly one of [#outstanding], [#redo] and [#queue], in offset order across the
/// three.
final class Lane<R> {
  static final Condition RUNNING = new Condition.Running();

  final PartitionId partition;
  private final RecordView<R> view;

  /// Called or being delivered. Only the last can be calling.
  final Deque<Work<R>> outstanding = new ArrayDeque<>();

  /// To be called again before anything of the queue, with what is finished or being delivered
  /// behind such. While no call is in flight the first is to be called.
  final Deque<Work<R>> redo = new ArrayDeque<>();

  /// Received and never called.
  final Backlog<R> queue;

  int records;
  long bytes;
  Condition condition = RUNNING;
  boolean draining;
  boolean full;
  boolean paused;

  /// The call whose result is no longer wanted but whose end is: no other call before it.
  @Nullable Work<R> abandoned;

  /// Failures in a row that were the cluster's fault.
  int outagesInARow;

  /// Calls made so far.
  int calls;

  /// When the first record of the queue came, in the core's time.
  long queuedMillis;

  /// When the frontier last moved or work began after none, in the core's time.
  long progressMillis;

  /// Where reading goes on when everything received is finished.
  Position next;

  @Nullable Position committed;

  /// Records passed by the frontier and not acknowledged as committed.
  int uncommitted;

  Lane(PartitionId partition, RecordView<R> view, Position next, @Nullable Position committed) {
    this.partition = partition;
    this.view = view;
    this.queue = new Backlog<>(view);
    this.next = next;
    this.committed = committed;
  }

  /// The first unfinished record received; with nothing outstanding, where the consumer stands.
  Position frontier() {
    R first = firstUnfinished();
    return first == null ? next : position(first);
  }

  @Nullable R firstUnfinished() {
    if (!outstanding.isEmpty()) {
      return outstanding.getFirst().records.getFirst();
    }
    if (!redo.isEmpty()) {
      return redo.getFirst().records.getFirst();
    }
    return queue.first();
  }

  Position position(R received) {
    return new Position(view.offset(received), view.leaderEpoch(received));
  }

  boolean calling() {
    return abandoned != null || (!outstanding.isEmpty() && outstanding.getLast().calling());
  }

  boolean dirty() {
    return committed == null || committed.offset() != frontier().offset();
  }

  void receive(List<R> received) {
    long before = queue.bytes();
    queue.add(received);
    bytes += queue.bytes() - before;
    records += received.size();
  }

  /// Takes the next records to call: a failed piece as it was, else a new batch.
  Work<R> takeNext(Limits limits) {
    if (!redo.isEmpty()) {
      return redo.removeFirst();
    }
    Backlog.Batch<R> batch = queue.take(limits.batchRecords(), limits.batchBytes());
    return new Work<>(this, batch.records(), batch.bytes());
  }

  /// Whether the queue holds a full batch.
  boolean batchIsFull(Limits limits) {
    return queue.size() >= limits.batchRecords() || queue.bytes() >= limits.batchBytes();
  }

  /// Puts pieces in front of what is to be called again.
  void redo(List<Work<R>> pieces) {
    for (int i = pieces.size() - 1; i >= 0; i--) {
      redo.addFirst(pieces.get(i));
    }
  }

  /// All pieces, in offset order.
  List<Work<R>> pieces() {
    List<Work<R>> all = new ArrayList<>(outstanding);
    all.addAll(redo);
    return all;
  }

  long size(List<R> some) {
    long sum = 0;
    for (R one : some) {
      sum += view.bytes(one);
    }
    return sum;
  }
}
