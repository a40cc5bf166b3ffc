package dev.millrace.engine.core;

import dev.millrace.engine.core.PartitionView.Condition;
import dev.millrace.engine.core.Work.Phase;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The state of one slot of the engine, and every decision about it: which records to call, when to
/// call again, what to commit, when to stop reading.
///
/// What happens to a record: it is received into the backlog of its [Partition], waits in a [Lane]
/// for those it must come after, is called as part of a [Work] and a [Group], and is finished when
/// its outputs are delivered, which the [Tracker] knows. [Calls] makes the calls, [Failures]
/// decides what becomes of those that did not succeed, [Commits] when to commit what.
///
/// Not thread-safe: one thread owns it. It never reads a clock; times are milliseconds of any clock
/// that does not go back.
///
/// @param <R> the record
public final class Core<R> {
  private final State<R> state;
  private final Calls<R> calls;
  private final Failures<R> failures;
  private final Commits<R> commits;

  /// Calls that began under limits which allowed more.
  private int callsBefore;

  /// Null when it must be made anew.
  private @Nullable Set<PartitionId> paused;

  /// A slot without partitions.
  ///
  /// @param random for the jitter of waits
  public Core(Limits limits, RecordView<R> view, RandomGenerator random) {
    this.state = new State<>(limits, view, random);
    this.calls = new Calls<>(state);
    this.failures = new Failures<>(state, calls);
    this.commits = new Commits<>(state);
  }

  /// Takes in what happened and answers with what to do, in this order.
  ///
  /// @param nowMillis never less than in an earlier step
  public List<Action<R>> step(Event<R> event, long nowMillis) {
    switch (event) {
      case Event.Assigned<R>(var partition, var position, var committed) ->
          assigned(partition, position, committed, nowMillis);
      case Event.Fetched<R>(var partition, var records, var next) ->
          fetched(partition, records, next, nowMillis);
      case Event.Returned<R> returned -> returned(returned, nowMillis);
      case Event.Delivered<R>(long id) -> {
        Group<R> group = delivering(id);
        if (group != null) {
          calls.delivered(group, nowMillis);
        }
      }
      case Event.DeliveryFailed<R>(long id, Failure failure) -> {
        Group<R> group = delivering(id);
        if (group != null) {
          failures.deliveryFailed(group, failure, nowMillis);
        }
      }
      case Event.Committed<R>(long id) -> commits.committed(id);
      case Event.CommitFailed<R>(long id) -> commits.failed(id, nowMillis);
      case Event.Draining<R>(var partitions) -> draining(partitions);
      case Event.Removed<R>(var partitions) -> partitions.forEach(this::removed);
      case Event.Unreachable<R>(var id, var failure) -> {
        Partition<R> partition = state.partitions.get(id);
        if (partition != null) {
          failures.unreachable(partition, failure, nowMillis);
        }
      }
      case Event.Resumed<R>(var id) -> {
        Partition<R> partition = state.partitions.get(id);
        if (partition != null) {
          failures.resume(partition, nowMillis);
        }
      }
      case Event.Held<R>(boolean wanted) -> held(wanted, nowMillis);
      case Event.Limited<R>(Limits wanted) -> limited(wanted);
      case Event.Tick<R>() -> failures.endOverdue(nowMillis);
    }
    failures.writeLettersAgain(nowMillis);
    calls.dispatch(nowMillis);
    failures.giveBack();
    commits.commitIfDue(nowMillis);
    callsBefore = Math.min(callsBefore, state.callsInFlight);
    return state.takeActions();
  }

  // Assignment

  private void assigned(
      PartitionId id, Position position, @Nullable Checkpoint committed, long now) {
    removed(id);
    Partition<R> partition =
        new Partition<>(id, state.view, state.limits.ordering(), position, committed, now);
    state.partitions.put(id, partition);
    state.rotation.add(partition);
  }

  private void draining(Collection<PartitionId> partitions) {
    for (PartitionId id : partitions) {
      Partition<R> partition = state.partitions.get(id);
      if (partition != null) {
        partition.draining = true;
        calls.forget(partition);
      }
    }
  }

  private void removed(PartitionId id) {
    Partition<R> partition = state.partitions.remove(id);
    if (partition == null) {
      return;
    }
    state.rotation.remove(partition);
    paused = null;
    calls.forget(partition);
    List.copyOf(state.groups.values()).stream()
        .filter(group -> group.partition == partition)
        .forEach(state::leave);
    state.release(partition.records, partition.bytes);
    state.uncommittedRecords -= partition.uncommitted;
  }

  private void held(boolean wanted, long now) {
    state.held = wanted;
    // Nobody expected progress until now.
    state.rotation.forEach(partition -> partition.progressMillis = now);
  }

  private void limited(Limits wanted) {
    Limits limits = state.limits;
    if (wanted.outstandingRecords() != limits.outstandingRecords()
        || wanted.outstandingBytes() != limits.outstandingBytes()
        || wanted.pollRecords() != limits.pollRecords()) {
      throw new IllegalArgumentException("the caps on what is outstanding cannot change");
    }
    if (wanted.ordering() != limits.ordering() || wanted.guarantee() != limits.guarantee()) {
      throw new IllegalArgumentException("ordering and guarantee cannot change");
    }
    state.limits = wanted;
    callsBefore = state.callsInFlight;
  }

  // Records in

  private void fetched(PartitionId id, List<R> records, Position next, long now) {
    Partition<R> partition = state.partitions.get(id);
    // A stopped partition takes nothing and reads it again when it is resumed.
    if (partition == null || partition.stopped != null) {
      return;
    }
    if (partition.backlog.isEmpty() && partition.free.isEmpty()) {
      partition.queuedMillis = now;
    }
    if (partition.records == 0) {
      partition.progressMillis = now;
    }
    long bytes = partition.bytes;
    int count = partition.records;
    partition.receive(records, next);
    if (state.atMostOnce()) {
      partition.claim();
    }
    state.outstandingRecords += partition.records - count;
    state.outstandingBytes += partition.bytes - bytes;
  }

  // Calls

  private void returned(Event.Returned<R> returned, long now) {
    Group<R> group = state.groups.get(returned.call());
    if (group == null || !group.calling()) {
      return;
    }
    state.callsInFlight--;
    if (group.abandoned) {
      state.end(group);
      failures.ended(group, now);
    } else if (returned.failure() != null
        || !returned.apart().isEmpty()
        || returned.done() < group.called) {
      failures.split(group, returned, now);
    } else {
      state.deadLetters.finished(group.called);
      group.parts.forEach(part -> part.phase = Phase.DELIVERING);
      failures.notAtFault(group, now);
      calls.delivering(group, returned.outputs(), returned.outputBytes(), now);
    }
  }

  /// What is delivered with this id; null for a call that has not returned, and for what nobody
  /// waits for any more.
  private @Nullable Group<R> delivering(long id) {
    Group<R> group = state.groups.get(id);
    return group == null || group.calling() ? null : group;
  }

  // Questions

  /// The assigned partitions, in the order of assignment.
  public List<PartitionId> partitions() {
    return List.copyOf(state.partitions.keySet());
  }

  /// The first unfinished record of a partition, or where the consumer stands; null if it is not
  /// assigned.
  public @Nullable Position frontier(PartitionId id) {
    Partition<R> partition = state.partitions.get(id);
    return partition == null ? null : partition.frontier();
  }

  /// Where reading goes on when everything received of an assigned partition is finished.
  public Position position(PartitionId id) {
    Partition<R> partition = state.partitions.get(id);
    if (partition == null) {
      throw new IllegalArgumentException(id + " is not assigned");
    }
    return partition.next;
  }

  /// What of these partitions is not known to be committed: what a last, waiting commit must hold.
  public Map<PartitionId, Checkpoint> uncommitted(Collection<PartitionId> partitions) {
    return commits.last(partitions);
  }

  /// Whether nothing of these partitions is being called or delivered.
  public boolean settled(Collection<PartitionId> partitions) {
    for (PartitionId id : partitions) {
      Partition<R> partition = state.partitions.get(id);
      if (partition != null && partition.underWay > 0) {
        return false;
      }
    }
    return true;
  }

  /// The partitions that must not be read now. A function of the budgets and of each partition's
  /// state: ask again after every poll. The same set as the last time while nothing has changed.
  public Set<PartitionId> paused() {
    Limits limits = state.limits;
    state.full =
        over(
                state.full,
                state.outstandingRecords,
                limits.outstandingRecords() - limits.pollRecords())
            || over(state.full, state.outstandingBytes, limits.outstandingBytes());
    int assigned = state.rotation.size();
    int share = assigned == 0 ? 0 : limits.outstandingRecords() / assigned;
    int most = Math.max(share, limits.batchRecords());
    for (Partition<R> partition : state.rotation) {
      partition.full = over(partition.full, partition.records, most);
      boolean pause =
          state.held
              || state.full
              || partition.full
              || partition.draining
              || partition.stopped != null;
      if (pause != partition.paused) {
        partition.paused = pause;
        paused = null;
      }
    }
    if (paused == null) {
      Set<PartitionId> now = new HashSet<>();
      state.rotation.stream().filter(one -> one.paused).forEach(one -> now.add(one.id));
      paused = now;
    }
    return paused;
  }

  /// Whether a poll can bring what is needed soon: records of a partition that has less than a
  /// batch waiting, or the answer to a commit.
  public boolean hungry() {
    if (commits.inFlight()) {
      return true;
    }
    if (state.held || state.full) {
      return false;
    }
    for (Partition<R> partition : state.rotation) {
      if (!partition.full
          && !partition.draining
          && partition.stopped == null
          && partition.backlog.size() < state.limits.batchRecords()
          && partition.backlog.bytes() < state.limits.batchBytes()) {
        return true;
      }
    }
    return false;
  }

  /// Full from the high mark on, until it has fallen to 70 % of it.
  private static boolean over(boolean wasFull, long amount, long highMark) {
    return amount >= highMark || (wasFull && amount > highMark * 7 / 10);
  }

  /// When time alone changes something next, in the core's time; [Long#MAX_VALUE] for never.
  public long nextDueMillis() {
    return Math.min(
        Math.min(calls.nextDueMillis(), failures.nextDueMillis()), commits.nextDueMillis());
  }

  /// Whether a call or a delivery is under way, or a commit for which calls wait.
  public boolean busy() {
    return !state.groups.isEmpty()
        || (commits.inFlight()
            && (state.uncommittedRecords >= state.limits.commitRecords() || state.atMostOnce()));
  }

  /// How things stand, partition by partition in the order of assignment.
  ///
  /// @param now in the core's time
  public List<PartitionView> view(long now) {
    return state.rotation.stream().map(partition -> view(partition, now)).toList();
  }

  private PartitionView view(Partition<R> partition, long now) {
    R first = partition.tracker.first();
    Condition.Stopped stopped = partition.stopped;
    Group<R> waiting = stopped == null ? calls.waiting(partition, now) : null;
    long oldest = -1;
    if (first != null) {
      oldest = state.view.timestamp(first);
    } else if (stopped != null) {
      oldest = stopped.timestamp();
    }
    Condition condition = new Condition.Running();
    if (stopped != null) {
      condition = stopped;
    } else if (waiting != null) {
      condition = new Condition.Waiting(waiting.dueMillis, waiting.history().failure());
    }
    return new PartitionView(
        partition.id,
        partition.frontier(),
        partition.committed,
        partition.records,
        partition.bytes,
        oldest,
        partition.lanes.values().stream().anyMatch(Lane::calling),
        partition.progressMillis,
        condition);
  }

  /// Recomputes everything that must hold after a step and throws an [AssertionError] where it does
  /// not. For tests and simulations.
  public void checkInvariants() {
    new Invariants<>(state, callsBefore).check();
  }
}
