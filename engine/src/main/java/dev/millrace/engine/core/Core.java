package dev.millrace.engine.core;

import dev.millrace.engine.core.LaneView.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The state of one slot of the engine, and every decision about it: which records to call, when to
/// call again, what to commit, when to stop reading.
///
/// Not thread-safe: one thread owns it. It never reads a clock; times are milliseconds of any clock
/// that does not go back.
///
/// @param <R> the record
public final class Core<R> {
  /// Long enough for a coordinator to move, short beside the commit interval.
  private static final long COMMIT_BACK_OFF_MILLIS = 100;

  private Limits limits;
  private final RecordView<R> view;
  private final RandomGenerator random;
  private final Map<PartitionId, Lane<R>> lanes = new LinkedHashMap<>();
  private final List<Lane<R>> rotation = new ArrayList<>();
  private final Map<Long, Work<R>> works = new HashMap<>();
  private final List<Action<R>> actions = new ArrayList<>();
  private int turn;
  private long lastId;
  private int callsInFlight;
  private int outstandingRecords;
  private long outstandingBytes;
  private long outputBytes;
  private int uncommittedRecords;
  private boolean full;
  private boolean held;

  /// Null when it must be made anew.
  private @Nullable Set<PartitionId> paused;

  /// Calls that began under limits which allowed more.
  private int callsBefore;

  private @Nullable CommitInFlight<R> commit;
  private long commitDueMillis = Long.MIN_VALUE;
  private boolean commitFailed;

  /// A commit on its way, with what it will have covered of each lane.
  private record CommitInFlight<R>(
      long id, Map<Lane<R>, Position> positions, Map<Lane<R>, Integer> covered) {}

  /// A slot without partitions.
  ///
  /// @param random for the jitter of waits
  public Core(Limits limits, RecordView<R> view, RandomGenerator random) {
    this.limits = limits;
    this.view = view;
    this.random = random;
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
      case Event.Delivered<R>(long call) -> delivered(call, nowMillis);
      case Event.DeliveryFailed<R>(long call, Failure failure) ->
          deliveryFailed(call, failure, nowMillis);
      case Event.Committed<R>(long id) -> committed(id);
      case Event.CommitFailed<R>(long id) -> commitFailed(id, nowMillis);
      case Event.Draining<R>(var partitions) -> draining(partitions);
      case Event.Removed<R>(var partitions) -> partitions.forEach(this::removed);
      case Event.Unreachable<R>(var partition, var failure) ->
          unreachable(partition, failure, nowMillis);
      case Event.Resumed<R>(var partition) -> resumed(partition);
      case Event.Held<R>(boolean wanted) -> held(wanted, nowMillis);
      case Event.Limited<R>(Limits wanted) -> limited(wanted);
      case Event.Tick<R>() -> cancelOverdue(nowMillis);
    }
    dispatch(nowMillis);
    commitIfDue(nowMillis);
    callsBefore = Math.min(callsBefore, callsInFlight);
    List<Action<R>> result = List.copyOf(actions);
    actions.clear();
    return result;
  }

  // Assignment

  private void assigned(
      PartitionId partition, Position position, @Nullable Position committed, long now) {
    removed(partition);
    Lane<R> lane = new Lane<>(partition, view, position, committed);
    lane.progressMillis = now;
    lanes.put(partition, lane);
    rotation.add(lane);
  }

  private void draining(Collection<PartitionId> partitions) {
    for (PartitionId partition : partitions) {
      Lane<R> lane = lanes.get(partition);
      if (lane != null) {
        lane.draining = true;
      }
    }
  }

  private void removed(PartitionId partition) {
    Lane<R> lane = lanes.remove(partition);
    if (lane == null) {
      return;
    }
    rotation.remove(lane);
    paused = null;
    for (Work<R> work : lane.outstanding) {
      if (work.calling) {
        cancel(work);
      } else if (!work.delivered) {
        outputBytes -= work.outputBytes;
      }
      forget(work);
    }
    if (lane.abandoned != null) {
      forget(lane.abandoned);
      callsInFlight--;
    }
    outstandingRecords -= lane.records;
    outstandingBytes -= lane.bytes;
    uncommittedRecords -= lane.uncommitted;
  }

  private void held(boolean wanted, long now) {
    held = wanted;
    // Nobody expected progress until now.
    rotation.forEach(lane -> lane.progressMillis = now);
  }

  private void limited(Limits wanted) {
    if (wanted.outstandingRecords() != limits.outstandingRecords()
        || wanted.outstandingBytes() != limits.outstandingBytes()
        || wanted.pollRecords() != limits.pollRecords()) {
      throw new IllegalArgumentException("the caps on what is outstanding cannot change");
    }
    limits = wanted;
    callsBefore = callsInFlight;
  }

  // Records in

  private void fetched(PartitionId partition, List<R> records, Position next, long now) {
    Lane<R> lane = lanes.get(partition);
    // A stopped lane keeps nothing and reads again from its frontier when it is resumed.
    if (lane == null || lane.condition instanceof Condition.Stopped) {
      return;
    }
    if (lane.queue.isEmpty()) {
      lane.queuedMillis = now;
    }
    if (lane.records == 0) {
      lane.progressMillis = now;
    }
    long before = lane.bytes;
    lane.receive(records);
    lane.next = next;
    outstandingRecords += records.size();
    outstandingBytes += lane.bytes - before;
  }

  // Calls

  private void dispatch(long now) {
    boolean called = true;
    while (called) {
      called = false;
      for (int i = 0; i < rotation.size() && mayCall(); i++) {
        turn = (turn + 1) % rotation.size();
        Lane<R> lane = rotation.get(turn);
        if (ready(lane, now)) {
          call(lane, now);
          called = true;
        }
      }
    }
  }

  /// Finished and uncommitted records are what a crash repeats, so calls wait for the commit.
  private boolean mayCall() {
    return !held
        && callsInFlight < limits.concurrency()
        && uncommittedRecords < limits.commitRecords()
        && outputBytes < limits.outputBytes();
  }

  private boolean ready(Lane<R> lane, long now) {
    if (lane.draining || lane.calling()) {
      return false;
    }
    boolean due =
        switch (lane.condition) {
          case Condition.Running running -> true;
          case Condition.Waiting(long until, Failure failure) -> until <= now;
          case Condition.Stopped stopped -> false;
        };
    return due
        && (!lane.redo.isEmpty()
            || (!lane.queue.isEmpty()
                && (lane.batchIsFull(limits)
                    || lane.full
                    || full
                    || now - lane.queuedMillis >= limits.batchWaitMillis())));
  }

  private void call(Lane<R> lane, long now) {
    Work<R> work = lane.takeNext(limits);
    lane.queuedMillis = now;
    lane.condition = Lane.RUNNING;
    work.id = ++lastId;
    work.calling = true;
    work.startedMillis = now;
    work.deadlineMillis = limits.deadlineMillis();
    lane.outstanding.addLast(work);
    works.put(work.id, work);
    callsInFlight++;
    actions.add(new Action.Call<>(work.id, lane.partition, work.records, work.attempt));
  }

  private void returned(Event.Returned<R> returned, long now) {
    Work<R> work = works.get(returned.call());
    if (work == null || !work.calling) {
      return;
    }
    work.calling = false;
    callsInFlight--;
    Lane<R> lane = work.lane;
    if (lane.abandoned == work) {
      lane.abandoned = null;
      forget(work);
      return;
    }
    Failure failure = returned.failure();
    if (failure == null) {
      delivering(work, returned.outputs(), returned.outputBytes(), now);
      return;
    }
    lane.outstanding.removeLast();
    forget(work);
    int done = returned.done();
    boolean progress = done > 0;
    if (progress) {
      Work<R> finished =
          new Work<>(
              lane,
              work.records.subList(0, done),
              lane.size(work.records.subList(0, done)),
              work.attempt,
              work.failures);
      finished.id = work.id;
      lane.outstanding.addLast(finished);
      works.put(finished.id, finished);
      delivering(finished, returned.outputs(), returned.outputBytes(), now);
    }
    Work<R> rest =
        progress ? lane.rest(work, done, 1, 0) : lane.rest(work, 0, work.attempt, work.failures);
    failed(lane, List.of(rest), failure, now);
  }

  private void delivering(Work<R> work, int outputs, long bytes, long now) {
    work.outputBytes = bytes;
    work.lane.bytes += bytes;
    outstandingBytes += bytes;
    outputBytes += bytes;
    if (outputs == 0) {
      delivered(work.id, now);
    }
  }

  private void delivered(long call, long now) {
    Work<R> work = works.get(call);
    if (work == null || work.calling) {
      return;
    }
    Lane<R> lane = work.lane;
    forget(work);
    work.delivered = true;
    outputBytes -= work.outputBytes;
    // Outputs are acknowledged in any order; the frontier moves only over a finished prefix.
    while (!lane.outstanding.isEmpty() && lane.outstanding.getFirst().delivered) {
      Work<R> finished = lane.outstanding.removeFirst();
      release(lane, finished.records.size(), finished.bytes + finished.outputBytes);
      lane.uncommitted += finished.records.size();
      uncommittedRecords += finished.records.size();
      lane.failuresInARow = 0;
      lane.progressMillis = now;
    }
  }

  private void deliveryFailed(long call, Failure failure, long now) {
    Work<R> work = works.get(call);
    if (work == null || work.calling) {
      return;
    }
    // Everything behind it is called again too, so that the outputs keep their order.
    Lane<R> lane = work.lane;
    List<Work<R>> again = new ArrayList<>();
    Work<R> last;
    do {
      last = lane.outstanding.removeLast();
      if (last.calling) {
        actions.add(new Action.Cancel<>(last.id));
        lane.abandoned = last;
      } else {
        forget(last);
      }
      release(lane, 0, last.outputBytes);
      if (!last.delivered) {
        outputBytes -= last.outputBytes;
      }
      again.addFirst(lane.rest(last, 0, last.attempt, last.failures));
    } while (last != work);
    failed(lane, again, failure, now);
  }

  private void cancelOverdue(long now) {
    for (Lane<R> lane : rotation) {
      Work<R> abandoned = lane.abandoned;
      if (abandoned != null && overdue(abandoned, now)) {
        // Cancelled once already: what hangs now may overlap its successor.
        abandoned.calling = false;
        lane.abandoned = null;
        callsInFlight--;
        forget(abandoned);
      }
      Work<R> last = lane.outstanding.peekLast();
      if (last != null && last.calling && overdue(last, now)) {
        lane.outstanding.removeLast();
        cancel(last);
        forget(last);
        Failure failure = Failure.overdue(Duration.ofMillis(last.deadlineMillis));
        failed(lane, List.of(lane.rest(last, 0, last.attempt, last.failures)), failure, now);
      }
    }
  }

  private boolean overdue(Work<R> work, long now) {
    return now - work.startedMillis >= work.deadlineMillis;
  }

  private void cancel(Work<R> work) {
    work.calling = false;
    callsInFlight--;
    actions.add(new Action.Cancel<>(work.id));
  }

  // Failures

  /// The first record of the first piece failed. All pieces were taken out of the outstanding ones.
  private void failed(Lane<R> lane, List<Work<R>> pieces, Failure failure, long now) {
    Work<R> first = pieces.getFirst();
    lane.failuresInARow++;
    int tried = first.attempt;
    boolean stop =
        switch (failure) {
          case Failure.FunctionFailed f -> ++first.failures > limits.retry().most();
          case Failure.Overdue f -> ++first.failures > limits.retry().most();
          case Failure.Unreadable f -> true;
          case Failure.InvalidOutput f -> true;
          case Failure.Unreachable f -> true;
          case Failure.Defect f -> true;
          case Failure.Unavailable f -> false;
        };
    for (int i = pieces.size() - 1; i >= 0; i--) {
      Work<R> piece = pieces.get(i);
      piece.attempt++;
      lane.redo.addFirst(piece);
    }
    Position position = lane.position(first.records.getFirst());
    if (stop) {
      stop(lane, position, view.timestamp(first.records.getFirst()), tried, failure, now);
    } else {
      long wait = limits.retry().waitMillis(lane.failuresInARow, random.nextDouble());
      if (lane.condition instanceof Condition.Stopped) {
        // It gave back what it had received behind these records; they are called first.
        actions.add(new Action.Seek<>(lane.partition, lane.next));
      }
      lane.condition = new Condition.Waiting(now + wait, failure);
      actions.add(new Action.Retrying<>(lane.partition, position, tried, failure, wait));
    }
  }

  private void unreachable(PartitionId partition, Failure failure, long now) {
    Lane<R> lane = lanes.get(partition);
    if (lane != null && !(lane.condition instanceof Condition.Stopped)) {
      stop(lane, lane.firstUncalled(), -1, 0, failure, now);
    }
  }

  /// Gives back everything not under way, so that stopped partitions leave the memory to the
  /// others; it is read again when the lane is resumed.
  private void stop(
      Lane<R> lane, Position from, long timestamp, int attempts, Failure failure, long now) {
    int records = lane.queue.size();
    long bytes = lane.queue.bytes();
    for (Work<R> piece : lane.redo) {
      records += piece.records.size();
      bytes += piece.bytes;
    }
    lane.redo.clear();
    lane.queue.clear();
    release(lane, records, bytes);
    lane.next = from;
    lane.condition = new Condition.Stopped(now, from, timestamp, attempts, failure);
    actions.add(new Action.Stopped<>(lane.partition, from, timestamp, attempts, failure));
  }

  private void resumed(PartitionId partition) {
    Lane<R> lane = lanes.get(partition);
    if (lane == null) {
      return;
    }
    lane.failuresInARow = 0;
    // What failed so far may have been mended.
    lane.redo.forEach(work -> work.failures = 0);
    lane.outstanding.forEach(work -> work.failures = 0);
    if (lane.condition instanceof Condition.Stopped) {
      actions.add(new Action.Seek<>(partition, lane.next));
    }
    lane.condition = Lane.RUNNING;
  }

  // Commits

  private void commitIfDue(long now) {
    if (commit != null) {
      return;
    }
    // At half the bound already, so that the acknowledgement is back before calls would wait.
    boolean due = now >= commitDueMillis || uncommittedRecords >= (limits.commitRecords() + 1) / 2;
    if (!due || (now < commitDueMillis && commitFailed)) {
      return;
    }
    Map<PartitionId, Position> positions = new LinkedHashMap<>();
    Map<Lane<R>, Position> committing = new HashMap<>();
    Map<Lane<R>, Integer> covered = new HashMap<>();
    for (Lane<R> lane : rotation) {
      if (lane.dirty()) {
        Position frontier = lane.frontier();
        positions.put(lane.partition, frontier);
        committing.put(lane, frontier);
        covered.put(lane, lane.uncommitted);
      }
    }
    if (positions.isEmpty()) {
      return;
    }
    commitFailed = false;
    commitDueMillis = now + limits.commitMillis();
    commit = new CommitInFlight<>(++lastId, committing, covered);
    actions.add(new Action.Commit<>(commit.id(), positions));
  }

  private void committed(long id) {
    if (commit == null || commit.id() != id) {
      return;
    }
    commit.positions().forEach((lane, position) -> lane.committed = position);
    commit
        .covered()
        .forEach((lane, covered) -> {
          lane.uncommitted -= covered;
          if (lanes.get(lane.partition) == lane) {
            uncommittedRecords -= covered;
          }
        });
    commit = null;
  }

  /// Nobody knows whether the broker has it: the next commit says where the frontier is by then.
  private void commitFailed(long id, long now) {
    if (commit != null && commit.id() == id) {
      commit = null;
      commitFailed = true;
      commitDueMillis = now + COMMIT_BACK_OFF_MILLIS;
    }
  }

  // Questions

  /// The assigned partitions, in the order of assignment.
  public List<PartitionId> partitions() {
    return List.copyOf(lanes.keySet());
  }

  /// The first unfinished record of a partition, or where the consumer stands; null if it is not
  /// assigned.
  public @Nullable Position frontier(PartitionId partition) {
    Lane<R> lane = lanes.get(partition);
    return lane == null ? null : lane.frontier();
  }

  /// Where reading goes on when everything received of an assigned partition is finished.
  public Position position(PartitionId partition) {
    Lane<R> lane = lanes.get(partition);
    if (lane == null) {
      throw new IllegalArgumentException(partition + " is not assigned");
    }
    return lane.next;
  }

  /// The frontiers of these partitions that are not known to be committed: what a last, waiting
  /// commit must hold.
  public Map<PartitionId, Position> uncommittedFrontiers(Collection<PartitionId> partitions) {
    Map<PartitionId, Position> positions = new LinkedHashMap<>();
    for (PartitionId partition : partitions) {
      Lane<R> lane = lanes.get(partition);
      if (lane != null && lane.dirty()) {
        positions.put(partition, lane.frontier());
      }
    }
    return positions;
  }

  /// Whether nothing of these partitions is being called or delivered.
  public boolean settled(Collection<PartitionId> partitions) {
    for (PartitionId partition : partitions) {
      Lane<R> lane = lanes.get(partition);
      if (lane != null && (!lane.outstanding.isEmpty() || lane.abandoned != null)) {
        return false;
      }
    }
    return true;
  }

  /// The partitions that must not be read now. A function of the budgets and of each lane's state:
  /// ask again after every poll. The same set as the last time while nothing has changed.
  public Set<PartitionId> paused() {
    full =
        over(full, outstandingRecords, limits.outstandingRecords() - limits.pollRecords())
            || over(full, outstandingBytes, limits.outstandingBytes());
    int share = rotation.isEmpty() ? 0 : limits.outstandingRecords() / rotation.size();
    int laneCap = Math.max(share, limits.batchRecords());
    for (Lane<R> lane : rotation) {
      lane.full = over(lane.full, lane.records, laneCap);
      boolean pause =
          held || full || lane.full || lane.draining || lane.condition instanceof Condition.Stopped;
      if (pause != lane.paused) {
        lane.paused = pause;
        paused = null;
      }
    }
    if (paused == null) {
      Set<PartitionId> now = new HashSet<>();
      rotation.stream().filter(lane -> lane.paused).forEach(lane -> now.add(lane.partition));
      paused = now;
    }
    return paused;
  }

  /// Whether a poll can bring what is needed soon: records of a partition that has less than a
  /// batch waiting, or the answer to a commit.
  public boolean hungry() {
    if (commit != null) {
      return true;
    }
    if (held || full) {
      return false;
    }
    for (Lane<R> lane : rotation) {
      if (!lane.full
          && !lane.draining
          && !(lane.condition instanceof Condition.Stopped)
          && !lane.batchIsFull(limits)) {
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
    long due = Long.MAX_VALUE;
    boolean dirty = false;
    // While calls must wait for something to happen, no time is due.
    boolean mayCall = mayCall();
    for (Lane<R> lane : rotation) {
      Work<R> last = lane.abandoned == null ? lane.outstanding.peekLast() : lane.abandoned;
      if (last != null && last.calling) {
        due = Math.min(due, last.startedMillis + last.deadlineMillis);
      } else if (mayCall && !lane.draining) {
        if (lane.condition instanceof Condition.Waiting(long until, Failure failure)) {
          due = Math.min(due, until);
        } else if (!lane.queue.isEmpty()) {
          due = Math.min(due, lane.queuedMillis + limits.batchWaitMillis());
        }
      }
      dirty |= lane.dirty();
    }
    if (dirty && commit == null) {
      due = Math.min(due, commitDueMillis);
    }
    return due;
  }

  /// Whether a call or a delivery is under way, or a commit for which calls wait.
  public boolean busy() {
    return !works.isEmpty() || (commit != null && uncommittedRecords >= limits.commitRecords());
  }

  /// How things stand, partition by partition in the order of assignment.
  public List<LaneView> view() {
    return rotation.stream().map(this::view).toList();
  }

  private LaneView view(Lane<R> lane) {
    R first = lane.firstUnfinished();
    long oldest = -1;
    if (first != null) {
      oldest = view.timestamp(first);
    } else if (lane.condition instanceof Condition.Stopped stopped) {
      oldest = stopped.timestamp();
    }
    return new LaneView(
        lane.partition,
        lane.frontier(),
        lane.committed,
        lane.records,
        lane.bytes,
        oldest,
        lane.calling(),
        lane.progressMillis,
        lane.condition);
  }

  /// Recomputes everything that must hold after a step and throws an [AssertionError] where it does
  /// not. For tests and simulations.
  public void checkInvariants() {
    Invariants.check(this, limits, view);
  }

  List<Lane<R>> rotation() {
    return rotation;
  }

  void requireCounts(int records, long bytes, int calls, long outputs, Set<Long> ids) {
    Invariants.require(records == outstandingRecords, "outstanding record count");
    Invariants.require(bytes == outstandingBytes, "outstanding byte count");
    Invariants.require(calls == callsInFlight, "calls in flight");
    Invariants.require(
        calls <= Math.max(limits.concurrency(), callsBefore),
        "more calls in flight than allowed (I8)");
    Invariants.require(outputs == outputBytes, "output byte count");
    Invariants.require(
        uncommittedRecords == rotation.stream().mapToInt(lane -> lane.uncommitted).sum(),
        "uncommitted record count");
    Invariants.require(ids.equals(works.keySet()), "work that belongs to no lane (I4)");
  }

  private void release(Lane<R> lane, int records, long bytes) {
    lane.records -= records;
    lane.bytes -= bytes;
    outstandingRecords -= records;
    outstandingBytes -= bytes;
  }

  private void forget(Work<R> work) {
    works.remove(work.id);
  }
}
