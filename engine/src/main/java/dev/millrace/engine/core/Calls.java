package dev.millrace.engine.core;

import dev.millrace.engine.core.Policy.Then;
import dev.millrace.engine.core.Work.Phase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Makes calls of what was received and of what is to be called again, and brings lanes in order
/// when something of them ended.
final class Calls<R> {
  private final State<R> state;

  /// What is first in its lanes and not due yet.
  private final PriorityQueue<Group<R>> timers =
      new PriorityQueue<>(Comparator.comparingLong(group -> group.dueMillis));

  private int turn;

  /// No call in flight is overdue before, in the core's time.
  private long nextDeadlineMillis = Long.MAX_VALUE;

  Calls(State<R> state) {
    this.state = state;
  }

  /// Makes the calls that may be made now, partition by partition in turn.
  void dispatch(long now) {
    while (!timers.isEmpty() && timers.peek().dueMillis <= now) {
      Group<R> due = timers.remove();
      due.partition.again.add(due);
    }
    boolean called = true;
    while (called) {
      called = false;
      for (int i = 0; i < state.rotation.size() && state.mayCall(); i++) {
        turn = (turn + 1) % state.rotation.size();
        Partition<R> partition = state.rotation.get(turn);
        Group<R> next = partition.draining ? null : next(partition, now);
        if (next != null) {
          call(next, now);
          called = true;
        }
      }
    }
  }

  private @Nullable Group<R> next(Partition<R> partition, long now) {
    while (!partition.again.isEmpty()) {
      Group<R> group = partition.again.remove();
      boolean first = group.isFirst();
      if (first && group.dueMillis > now) {
        timers.add(group);
        continue;
      }
      partition.withdraw(group);
      if (first) {
        group.parts.forEach(part -> part.lane.redo.removeFirst());
        return group;
      }
    }
    if (partition.stopped != null || now < partition.notBeforeMillis) {
      return null;
    }
    List<Work<R>> batch =
        state.limits.ordering() == Ordering.PARTITION
            ? nextOfAll(partition, now)
            : nextOfFree(partition, now);
    if (batch.isEmpty()) {
      return null;
    }
    partition.queuedMillis = now;
    if (state.atMostOnce()) {
      batch.forEach(piece -> partition.finish(piece.records));
    }
    return new Group<>(state.nextId(), partition, batch);
  }

  /// The first records of the backlog, once nothing is before them.
  private List<Work<R>> nextOfAll(Partition<R> partition, long now) {
    R first = partition.backlog.first();
    int most = Math.min(state.limits.batchRecords(), mayLeaveBacklog(partition));
    if (first == null || most == 0 || !batchIsDue(partition, now)) {
      return List.of();
    }
    Lane<R> lane = partition.lane(first);
    if (!lane.isFree()) {
      return List.of();
    }
    Backlog.Batch<R> batch = partition.take(most, state.limits.batchBytes());
    return List.of(new Work<>(lane, batch.records(), batch.bytes(), new History()));
  }

  /// Records of lanes in which nothing is before them.
  private List<Work<R>> nextOfFree(Partition<R> partition, long now) {
    fillLanes(partition);
    if (partition.free.isEmpty() || !batchIsDue(partition, now)) {
      return List.of();
    }
    List<Work<R>> batch = new ArrayList<>();
    History history = new History();
    int room = state.limits.batchRecords();
    long mostBytes = state.limits.batchBytes();
    long bytes = 0;
    while (room > 0 && !partition.free.isEmpty()) {
      Lane<R> lane = partition.free.getFirst();
      if (!lane.isFree()) {
        partition.withdraw(lane);
        continue;
      }
      if (bytes > 0 && bytes + state.view.bytes(lane.queue.getFirst()) > mostBytes) {
        break;
      }
      partition.withdraw(lane);
      List<R> records = new ArrayList<>(1);
      long sum = 0;
      do {
        R one = lane.queue.removeFirst();
        records.add(one);
        sum += state.view.bytes(one);
      } while (records.size() < room
          && !lane.queue.isEmpty()
          && bytes + sum + state.view.bytes(lane.queue.getFirst()) <= mostBytes);
      lane.queuedBytes -= sum;
      bytes += sum;
      room -= records.size();
      batch.add(new Work<>(lane, records, sum, history));
    }
    return batch;
  }

  private void fillLanes(Partition<R> partition) {
    int room = partition.room(mayLeaveBacklog(partition));
    while (room > 0) {
      List<R> some = partition.take(room, Long.MAX_VALUE).records();
      room -= some.size();
      for (R one : some) {
        Lane<R> lane = partition.lane(one);
        partition.queue(lane, one);
        offer(lane);
      }
    }
  }

  private int mayLeaveBacklog(Partition<R> partition) {
    return state.atMostOnce() ? partition.claimed : Integer.MAX_VALUE;
  }

  private boolean batchIsDue(Partition<R> partition, long now) {
    return now - partition.queuedMillis >= state.limits.batchWaitMillis()
        || state.full
        || partition.full
        || partition.batchIsFull(state.limits);
  }

  private void call(Group<R> group, long now) {
    for (Work<R> part : group.parts) {
      part.phase = Phase.CALLING;
      part.lane.outstanding.addLast(part);
    }
    History history = group.history();
    history.called();
    group.startedMillis = now;
    group.deadlineMillis = state.limits.deadlineMillis();
    nextDeadlineMillis = Math.min(nextDeadlineMillis, now + group.deadlineMillis);
    state.begin(group);
    state.callsInFlight++;
    state.act(
        new Action.Call<>(
            group.id,
            group.partition.id,
            group.records(),
            history.attempt,
            state.limits.policy().unreadable() == Then.STOP));
  }

  /// The calls that have taken too long, cancelled ones too.
  List<Group<R>> overdue(long now) {
    if (now < nextDeadlineMillis) {
      return List.of();
    }
    List<Group<R>> overdue = new ArrayList<>();
    nextDeadlineMillis = Long.MAX_VALUE;
    for (Group<R> group : state.groups.values()) {
      if (group.calling() && (!group.overdue || group.abandoned)) {
        long deadline = group.startedMillis + group.deadlineMillis;
        if (deadline <= now) {
          overdue.add(group);
        } else {
          nextDeadlineMillis = Math.min(nextDeadlineMillis, deadline);
        }
      }
    }
    overdue.sort(Comparator.comparingLong(group -> group.id));
    return overdue;
  }

  /// A call has ended, and these records of it are finished as soon as its outputs are there.
  void delivering(Group<R> group, int outputs, long bytes, long now) {
    group.outputBytes = bytes;
    group.partition.bytes += bytes;
    state.outstandingBytes += bytes;
    state.outputBytes += bytes;
    if (outputs == 0) {
      delivered(group, now);
    } else {
      group.parts.forEach(part -> settle(part.lane, now));
    }
  }

  /// Everything of it is in the cluster.
  void delivered(Group<R> group, long now) {
    state.releaseOutputs(group);
    state.end(group);
    for (Work<R> part : group.parts) {
      part.group = null;
      part.phase = Phase.DELIVERED;
    }
    group.parts.forEach(part -> settle(part.lane, now));
  }

  /// Brings a lane in order: what is not to be called again goes before what is, and what is
  /// finished and has nothing before it leaves.
  void settle(Lane<R> lane, long now) {
    if (!lane.calling()) {
      while (!lane.redo.isEmpty() && lane.redo.getFirst().phase != Phase.WAITING) {
        lane.outstanding.addLast(lane.redo.removeFirst());
      }
    }
    // Outputs are acknowledged in any order; a record is finished with all before it.
    while (!lane.outstanding.isEmpty() && lane.outstanding.getFirst().phase == Phase.DELIVERED) {
      Work<R> finished = lane.outstanding.removeFirst();
      R first = lane.partition.tracker.first();
      finish(finished);
      // Where records are finished before they are called, all that comes to an end is progress.
      if (state.atMostOnce() || lane.partition.tracker.first() != first) {
        lane.partition.progressMillis = now;
      }
    }
    offer(lane);
  }

  /// Its outputs are there, and those of all before it.
  void finish(Work<R> piece) {
    Partition<R> partition = piece.lane.partition;
    int count = piece.records.size();
    partition.records -= count;
    partition.inLanes -= count;
    partition.bytes -= piece.bytes;
    partition.outagesInARow = 0;
    state.release(count, piece.bytes);
    if (!state.atMostOnce()) {
      partition.finish(piece.records);
      partition.uncommitted += count;
      state.uncommittedRecords += count;
    }
  }

  /// Says what can be called next of a lane, once it is due.
  private void offer(Lane<R> lane) {
    if (lane.calling()) {
      return;
    }
    Work<R> again = lane.redo.peekFirst();
    if (again != null) {
      Group<R> group = again.group();
      if (!group.offered && group.isFirst()) {
        lane.partition.offer(group);
      }
    } else if (!lane.queue.isEmpty()) {
      if (!lane.offered) {
        lane.partition.offer(lane);
      }
    } else {
      lane.endIfEmpty();
    }
  }

  /// Nothing of a partition becomes due any more.
  void forget(Partition<R> partition) {
    timers.removeIf(group -> group.partition == partition);
    partition.again.clear();
    partition.offered = 0;
  }

  /// Whatever waits in a partition may be tried again now.
  void hurry(Partition<R> partition, long now) {
    forget(partition);
    for (Lane<R> lane : List.copyOf(partition.lanes.values())) {
      for (Work<R> piece : lane.pieces()) {
        piece.history.forget();
        if (piece.phase == Phase.WAITING) {
          piece.group().dueMillis = Long.MIN_VALUE;
          piece.group().offered = false;
        }
      }
    }
    List.copyOf(partition.lanes.values()).forEach(lane -> settle(lane, now));
  }

  /// What waits longest of what failed in a partition in which nothing is called; null if nothing
  /// waits.
  @Nullable Group<R> waiting(Partition<R> partition, long now) {
    Group<R> next = null;
    for (Lane<R> lane : partition.lanes.values()) {
      Work<R> first = lane.redo.peekFirst();
      if (lane.calling() || (first == null && !lane.queue.isEmpty())) {
        return null;
      }
      if (first != null && first.history.failure != null && first.group().dueMillis > now) {
        Group<R> group = first.group();
        next = next == null || group.dueMillis < next.dueMillis ? group : next;
      }
    }
    return next;
  }

  /// When time alone changes something of the calls next, in the core's time.
  long nextDueMillis() {
    long due = state.callsInFlight == 0 ? Long.MAX_VALUE : nextDeadlineMillis;
    // While calls must wait for something to happen, no time is due.
    if (state.mayCall()) {
      Group<R> first = timers.peek();
      if (first != null) {
        due = Math.min(due, first.dueMillis);
      }
      for (Partition<R> partition : state.rotation) {
        if (waitsForBatch(partition)) {
          long batch = partition.queuedMillis + state.limits.batchWaitMillis();
          due = Math.min(due, Math.max(batch, partition.notBeforeMillis));
        }
      }
    }
    return due;
  }

  private boolean waitsForBatch(Partition<R> partition) {
    if (partition.draining || partition.stopped != null) {
      return false;
    }
    if (state.limits.ordering() != Ordering.PARTITION) {
      return !partition.free.isEmpty();
    }
    R first = partition.backlog.first();
    return first != null
        && mayLeaveBacklog(partition) > 0
        && partition.lanes.values().stream().allMatch(Lane::isFree);
  }
}
