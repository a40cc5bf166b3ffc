package dev.millrace.engine.core;

import dev.millrace.engine.core.LaneView.Condition;
import dev.millrace.engine.core.Policy.Rule;
import dev.millrace.engine.core.Policy.Then;
import dev.millrace.engine.core.Work.Group;
import dev.millrace.engine.core.Work.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
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
  private final Map<Long, Group<R>> groups = new HashMap<>();
  private final DeadLetterCount deadLetters = new DeadLetterCount();
  private final List<Action<R>> actions = new ArrayList<>();

  /// When dead letters are to be written again next.
  private long lettersDueMillis = Long.MAX_VALUE;

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
      case Event.Resumed<R>(var partition) -> resumed(partition, nowMillis);
      case Event.Held<R>(boolean wanted) -> held(wanted, nowMillis);
      case Event.Limited<R>(Limits wanted) -> limited(wanted);
      case Event.Tick<R>() -> cancelOverdue(nowMillis);
    }
    writeLettersAgain(nowMillis);
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
    for (Work<R> work : lane.pieces()) {
      leave(work);
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
    lane.calls++;
    work.state = State.CALLING;
    work.startedMillis = now;
    work.deadlineMillis = limits.deadlineMillis();
    lane.outstanding.addLast(work);
    Group<R> group = new Group<>(++lastId, work.records.size());
    join(group, work);
    groups.put(group.id, group);
    callsInFlight++;
    actions.add(
        new Action.Call<>(
            group.id,
            lane.partition,
            work.records,
            work.attempt,
            limits.policy().unreadable() == Then.STOP));
  }

  private static <R> void join(Group<R> group, Work<R> work) {
    group.parts.add(work);
    work.group = group;
  }

  private void returned(Event.Returned<R> returned, long now) {
    Group<R> group = groups.get(returned.call());
    if (group == null || !group.parts.getFirst().calling()) {
      return;
    }
    Work<R> work = group.parts.getFirst();
    Lane<R> lane = work.lane;
    callsInFlight--;
    if (lane.abandoned == work) {
      lane.abandoned = null;
      forget(work);
      settle(lane, now);
      return;
    }
    if (returned.failure() != null || !returned.apart().isEmpty()) {
      lane.outstanding.removeLast();
      forget(work);
      split(work, returned, now);
      return;
    }
    work.state = State.DELIVERING;
    deadLetters.finished(work.records.size());
    if (work.sibling != null && lane.redo.peekFirst() == work.sibling) {
      // Both failed together, and it was not this one.
      lane.redo.removeFirst();
      lane.redo(halves(work.sibling));
    }
    delivering(group, returned.outputs(), returned.outputBytes(), now);
  }

  /// A call that ended differently for some of its records.
  private void split(Work<R> work, Event.Returned<R> returned, long now) {
    Group<R> finished = new Group<>(returned.call(), work.records.size());
    Judgement<R> judgement = new Judgement<>(work.lane);
    int from = 0;
    for (Event.Apart apart : returned.apart()) {
      finish(judgement, finished, work, from, apart.index());
      judge(judgement, work.part(apart.index(), apart.index() + 1), apart.failure(), now);
      from = apart.index() + 1;
    }
    finish(judgement, finished, work, from, returned.done());
    from = returned.done();
    Failure failure = returned.failure();
    if (failure != null) {
      int end = returned.alone() ? from + 1 : work.records.size();
      Work<R> failed = work.part(from, end);
      if (returned.alone() && from > 0) {
        failed.attempt = 1;
      }
      judge(judgement, failed, failure, now);
      if (end < work.records.size()) {
        // Never called.
        Work<R> rest = work.part(end, work.records.size());
        rest.attempt = 1;
        judgement.pieces.add(rest);
      }
    }
    work.lane.redo(judgement.pieces);
    conclude(judgement, now);
    if (!finished.parts.isEmpty()) {
      groups.put(finished.id, finished);
      delivering(finished, returned.outputs(), returned.outputBytes(), now);
    }
  }

  private void finish(Judgement<R> judgement, Group<R> group, Work<R> work, int from, int to) {
    if (from < to) {
      Work<R> part = work.part(from, to);
      part.state = State.DELIVERING;
      join(group, part);
      judgement.pieces.add(part);
      deadLetters.finished(to - from);
    }
  }

  private void delivering(Group<R> group, int outputs, long bytes, long now) {
    Work<R> first = group.parts.getFirst();
    first.outputBytes = bytes;
    first.lane.bytes += bytes;
    outstandingBytes += bytes;
    outputBytes += bytes;
    if (outputs == 0) {
      delivered(group.id, now);
    } else {
      settle(first.lane, now);
    }
  }

  private void delivered(long id, long now) {
    Group<R> group = groups.get(id);
    if (group == null || group.parts.getFirst().calling()) {
      return;
    }
    groups.remove(id);
    for (Work<R> part : group.parts) {
      part.group = null;
      part.state = State.DELIVERED;
      outputBytes -= part.outputBytes;
    }
    settle(group.parts.getFirst().lane, now);
  }

  /// Brings a lane in order: what is not to be called again goes before what is, and the frontier
  /// over what is finished.
  private void settle(Lane<R> lane, long now) {
    if (!lane.calling()) {
      while (!lane.redo.isEmpty() && lane.redo.getFirst().state != State.WAITING) {
        lane.outstanding.addLast(lane.redo.removeFirst());
      }
    }
    // Outputs are acknowledged in any order; the frontier moves only over a finished prefix.
    while (!lane.outstanding.isEmpty() && lane.outstanding.getFirst().state == State.DELIVERED) {
      Work<R> finished = lane.outstanding.removeFirst();
      release(lane, finished.records.size(), finished.bytes + finished.outputBytes);
      lane.uncommitted += finished.records.size();
      uncommittedRecords += finished.records.size();
      lane.outagesInARow = 0;
      lane.progressMillis = now;
    }
    if (!lane.calling() && !(lane.condition instanceof Condition.Stopped)) {
      Work<R> next = lane.redo.peekFirst();
      lane.condition =
          next != null && next.failure != null && next.dueMillis > now
              ? new Condition.Waiting(next.dueMillis, next.failure)
              : Lane.RUNNING;
    }
  }

  private void deliveryFailed(long id, Failure failure, long now) {
    Group<R> group = groups.get(id);
    if (group == null || group.parts.getFirst().calling()) {
      return;
    }
    if (group.ofLetters()) {
      lettersFailed(group, failure, now);
      return;
    }
    Work<R> first = group.parts.getFirst();
    Lane<R> lane = first.lane;
    Set<Work<R>> failed = Collections.newSetFromMap(new IdentityHashMap<>());
    failed.addAll(group.parts);
    boolean unavailable = failure instanceof Failure.Unavailable;
    // What is left of a call may not be what its refused output was made of.
    boolean theirs = group.called == 1 || isOfOne(group.parts, failure);
    Judgement<R> judgement = new Judgement<>(lane);
    // Everything behind it is called again too, so that the outputs keep their order.
    for (Work<R> piece : takeFrom(lane, first)) {
      if (piece.state == State.WAITING) {
        judgement.pieces.add(piece);
        continue;
      }
      if (!piece.calling()) {
        leave(piece);
      }
      release(lane, 0, piece.outputBytes);
      Work<R> part = piece.part(0, piece.records.size());
      if (piece == first && (unavailable || (failed.size() == 1 && theirs))) {
        List<Work<R>> pieces = unavailable ? List.of() : cutOut(part, failure);
        if (pieces.isEmpty()) {
          judge(judgement, part, failure, now);
        } else {
          judgement.pieces.addAll(pieces);
        }
      } else {
        part.attempt++;
        // Of several one has the refused output: each is called by itself.
        part.suspect |= failed.contains(piece) && !unavailable;
        judgement.pieces.add(part);
      }
    }
    lane.redo.addAll(judgement.pieces);
    conclude(judgement, now);
  }

  private boolean isOfOne(List<Work<R>> parts, Failure failure) {
    return !(failure instanceof Failure.InvalidOutput(Throwable cause, long offset))
        || offset < 0
        || parts.stream()
            .flatMap(part -> part.records.stream())
            .anyMatch(record -> view.offset(record) == offset);
  }

  /// Takes everything from this piece on out of the lane. A call in flight is cancelled.
  private List<Work<R>> takeFrom(Lane<R> lane, Work<R> first) {
    List<Work<R>> pieces = lane.pieces();
    List<Work<R>> taken = pieces.subList(pieces.indexOf(first), pieces.size());
    for (int i = 0; i < taken.size(); i++) {
      (lane.redo.isEmpty() ? lane.outstanding : lane.redo).removeLast();
    }
    for (Work<R> piece : taken) {
      if (piece.calling()) {
        actions.add(new Action.Cancel<>(piece.group().id));
        lane.abandoned = piece;
      }
    }
    return taken;
  }

  /// Dead letters are written again until they are there; nothing is called again for them. One
  /// that is refused stops its partition.
  private void lettersFailed(Group<R> group, Failure failure, long now) {
    Work<R> first = group.parts.getFirst();
    Lane<R> lane = first.lane;
    if (failure instanceof Failure.Unavailable) {
      long wait = limits.retry().waitMillis(++lane.outagesInARow, random.nextDouble());
      group.dueMillis = now + wait;
      lettersDueMillis = Math.min(lettersDueMillis, group.dueMillis);
      Position position = lane.position(first.records.getFirst());
      actions.add(
          new Action.Retrying<>(lane.partition, position, first.attempt - 1, failure, wait));
      return;
    }
    groups.remove(group.id);
    if (group.called > 1) {
      // It may be one of them: each is written by itself.
      group.parts.forEach(part -> write(lane, List.of(part)));
      return;
    }
    Judgement<R> judgement = new Judgement<>(lane);
    for (Work<R> piece : takeFrom(lane, first)) {
      if (piece == first) {
        Work<R> part = piece.part(0, 1);
        part.failure = new Failure.DeadLetterRefused(failure.cause(), piece.failure());
        judgement.pieces.add(part);
        judgement.stopAt = part;
      } else if (piece.calling()) {
        Work<R> part = piece.part(0, piece.records.size());
        part.attempt++;
        judgement.pieces.add(part);
      } else {
        judgement.pieces.add(piece);
      }
    }
    lane.redo.addAll(judgement.pieces);
    conclude(judgement, now);
  }

  private void write(Lane<R> lane, List<Work<R>> pieces) {
    Group<R> group = new Group<>(++lastId, pieces.size());
    for (Work<R> piece : pieces) {
      piece.state = State.DELIVERING;
      join(group, piece);
    }
    groups.put(group.id, group);
    actions.add(
        new Action.DeadLetters<>(
            group.id, lane.partition, pieces.stream().map(Work::letter).toList()));
  }

  private void writeLettersAgain(long now) {
    if (now < lettersDueMillis) {
      return;
    }
    lettersDueMillis = Long.MAX_VALUE;
    for (Group<R> group : List.copyOf(groups.values())) {
      if (group.dueMillis == Long.MAX_VALUE) {
        continue;
      }
      if (group.dueMillis > now) {
        lettersDueMillis = Math.min(lettersDueMillis, group.dueMillis);
        continue;
      }
      groups.remove(group.id);
      write(group.parts.getFirst().lane, group.parts);
    }
  }

  /// Where it is known whose output was refused, that record is called by itself, and what is
  /// before it and behind it; empty where it is not known, or alone already.
  private List<Work<R>> cutOut(Work<R> work, Failure failure) {
    if (!(failure instanceof Failure.InvalidOutput(Throwable cause, long offset))
        || work.records.size() == 1) {
      return List.of();
    }
    for (int i = 0; i < work.records.size(); i++) {
      if (view.offset(work.records.get(i)) == offset) {
        work.attempt++;
        List<Work<R>> pieces = new ArrayList<>();
        if (i > 0) {
          pieces.add(work.part(0, i));
        }
        pieces.add(work.part(i, i + 1));
        if (i + 1 < work.records.size()) {
          pieces.add(work.part(i + 1, work.records.size()));
        }
        return pieces;
      }
    }
    return List.of();
  }

  private void cancelOverdue(long now) {
    for (Lane<R> lane : rotation) {
      Work<R> abandoned = lane.abandoned;
      if (abandoned != null && overdue(abandoned, now)) {
        // Cancelled once already: what hangs now may overlap its successor.
        lane.abandoned = null;
        callsInFlight--;
        forget(abandoned);
        settle(lane, now);
      }
      Work<R> last = lane.outstanding.peekLast();
      if (last != null && last.calling() && overdue(last, now)) {
        lane.outstanding.removeLast();
        leave(last);
        Judgement<R> judgement = new Judgement<>(lane);
        judge(
            judgement,
            last.part(0, last.records.size()),
            Failure.overdue(Duration.ofMillis(last.deadlineMillis)),
            now);
        lane.redo(judgement.pieces);
        conclude(judgement, now);
      }
    }
  }

  private boolean overdue(Work<R> work, long now) {
    return now - work.startedMillis >= work.deadlineMillis;
  }

  /// Nothing is wanted of it any more: cancels a call, forgets a delivery.
  private void leave(Work<R> work) {
    switch (work.state) {
      case CALLING -> {
        callsInFlight--;
        actions.add(new Action.Cancel<>(work.group().id));
        forget(work);
      }
      case DELIVERING -> {
        outputBytes -= work.outputBytes;
        forget(work);
      }
      case WAITING, DELIVERED -> {}
    }
  }

  // Failures

  /// What becomes of the pieces of a call, in their order.
  private static final class Judgement<R> {
    final Lane<R> lane;
    final List<Work<R>> pieces = new ArrayList<>();
    final List<Work<R>> letters = new ArrayList<>();
    @Nullable Work<R> stopAt;

    Judgement(Lane<R> lane) {
      this.lane = lane;
    }
  }

  /// A piece failed: one record, or several of which nobody knows which.
  private void judge(Judgement<R> judgement, Work<R> piece, Failure failure, long now) {
    piece.failure = failure;
    piece.attempt++;
    if (piece.failedMillis < 0) {
      piece.failedMillis = now;
      piece.callsBefore = judgement.lane.calls - 1;
    }
    if (piece.aloneMillis < 0 && piece.records.size() == 1) {
      piece.aloneMillis = now;
    }
    Rule rule = limits.policy().rule(failure, limits.retry().most());
    if (failure instanceof Failure.Unavailable) {
      long wait = limits.retry().waitMillis(++judgement.lane.outagesInARow, random.nextDouble());
      retry(judgement, piece, wait, now);
    } else if (piece.records.size() > 1 && canBeHalved(failure)) {
      if (!piece.suspect && rule.retries() > 0) {
        piece.suspect = true;
        retry(judgement, piece, limits.retry().waitMillis(1, random.nextDouble()), now);
      } else {
        actions.add(
            new Action.Searching<>(
                judgement.lane.partition,
                judgement.lane.position(piece.records.getFirst()),
                piece.records.size(),
                failure));
        judgement.pieces.addAll(halves(piece));
      }
    } else if (++piece.failures <= rule.retries() && isYoung(piece, now)) {
      retry(judgement, piece, waitMillis(piece), now);
    } else {
      give(judgement, piece, rule.then());
    }
  }

  private static boolean canBeHalved(Failure failure) {
    return switch (failure) {
      case Failure.FunctionFailed f -> true;
      case Failure.Overdue f -> true;
      case Failure.InvalidOutput f -> true;
      case Failure.Verdict f -> true;
      case Failure.Unreadable f -> false;
      case Failure.Unavailable f -> false;
      case Failure.Unreachable f -> false;
      case Failure.DeadLetterRefused f -> false;
      case Failure.TooManyDeadLetters f -> false;
      case Failure.Defect f -> false;
    };
  }

  /// The search for it and waits that the author asked for do not count.
  private boolean isYoung(Work<R> piece, long now) {
    return now - piece.aloneMillis < limits.policy().mostAgeMillis()
        || piece.failure instanceof Failure.Verdict(Ruling.Retry(long after), Throwable cause)
            && after >= 0;
  }

  private long waitMillis(Work<R> piece) {
    return piece.failure instanceof Failure.Verdict(Ruling.Retry(long after), Throwable cause)
            && after >= 0
        ? after
        : limits.retry().waitMillis(piece.failures, random.nextDouble());
  }

  private void retry(Judgement<R> judgement, Work<R> piece, long wait, long now) {
    Lane<R> lane = judgement.lane;
    piece.dueMillis = now + wait;
    judgement.pieces.add(piece);
    actions.add(
        new Action.Retrying<>(
            lane.partition,
            lane.position(piece.records.getFirst()),
            piece.attempt - 1,
            piece.failure(),
            wait));
  }

  private List<Work<R>> halves(Work<R> work) {
    int size = work.records.size();
    if (size == 1) {
      return List.of(work);
    }
    Work<R> left = work.part(0, size / 2);
    Work<R> right = work.part(size / 2, size);
    left.suspect = true;
    right.suspect = true;
    left.sibling = right;
    return List.of(left, right);
  }

  /// Nothing helped, or it was said so: the record takes what the policy has for it.
  private void give(Judgement<R> judgement, Work<R> piece, Then then) {
    judgement.pieces.add(piece);
    switch (then) {
      case SKIP -> {
        piece.state = State.DELIVERED;
        deadLetters.finished(1);
        actions.add(
            new Action.Skipped<>(
                piece.lane.partition,
                piece.lane.position(piece.records.getFirst()),
                piece.attempt - 1,
                piece.failure()));
      }
      case DEAD_LETTER -> {
        String tooMany = deadLetters.tooMany(limits.policy());
        if (tooMany.isEmpty()) {
          deadLetters.one();
          judgement.letters.add(piece);
        } else {
          piece.failure = new Failure.TooManyDeadLetters(tooMany, piece.failure());
          stopAt(judgement, piece);
        }
      }
      case STOP -> stopAt(judgement, piece);
    }
  }

  private static <R> void stopAt(Judgement<R> judgement, Work<R> piece) {
    if (judgement.stopAt == null) {
      judgement.stopAt = piece;
    }
  }

  /// The pieces have their places in the lane; now comes what was decided of them.
  private void conclude(Judgement<R> judgement, long now) {
    Lane<R> lane = judgement.lane;
    if (!judgement.letters.isEmpty()) {
      for (Work<R> piece : judgement.letters) {
        piece.letter =
            new Action.Letter<>(
                piece.records.getFirst(),
                piece.attempt - 1,
                lane.calls - piece.callsBefore,
                now - piece.failedMillis,
                piece.failure());
      }
      write(lane, judgement.letters);
    }
    Work<R> stopAt = judgement.stopAt;
    Condition.Stopped stopped =
        lane.condition instanceof Condition.Stopped already ? already : null;
    if (stopAt != null && (stopped == null || isBefore(lane, stopAt, stopped))) {
      R record = stopAt.records.getFirst();
      stop(
          lane,
          lane.position(record),
          view.timestamp(record),
          stopAt.attempt - 1,
          stopAt.failure(),
          now);
    } else if (stopped != null) {
      boolean resumes =
          lane.redo.stream()
              .anyMatch(piece -> piece.state == State.WAITING && isBefore(lane, piece, stopped));
      if (resumes) {
        // They are called first; then what was given back is read again.
        actions.add(new Action.Seek<>(lane.partition, lane.next));
        lane.condition = Lane.RUNNING;
      } else {
        giveBack(lane);
      }
    }
    settle(lane, now);
  }

  private void unreachable(PartitionId partition, Failure failure, long now) {
    Lane<R> lane = lanes.get(partition);
    if (lane != null && !(lane.condition instanceof Condition.Stopped)) {
      Work<R> redo = lane.redo.peekFirst();
      R first = redo == null ? lane.queue.first() : redo.records.getFirst();
      stop(lane, first == null ? lane.next : lane.position(first), -1, 0, failure, now);
    }
  }

  private void stop(
      Lane<R> lane, Position first, long timestamp, int attempts, Failure failure, long now) {
    giveBack(lane);
    lane.condition = new Condition.Stopped(now, first, timestamp, attempts, failure);
    actions.add(new Action.Stopped<>(lane.partition, first, timestamp, attempts, failure));
  }

  private boolean isBefore(Lane<R> lane, Work<R> piece, Condition.Stopped stopped) {
    return lane.position(piece.records.getFirst()).offset() < stopped.first().offset();
  }

  /// Gives back what is received and neither under way nor before anything finished, so that
  /// stopped partitions leave the memory to the others; it is read again when the lane is resumed.
  private void giveBack(Lane<R> lane) {
    int records = lane.queue.size();
    long bytes = lane.queue.bytes();
    R queued = lane.queue.first();
    Position next = queued == null ? lane.next : lane.position(queued);
    while (!lane.redo.isEmpty() && lane.redo.getLast().state == State.WAITING) {
      Work<R> piece = lane.redo.removeLast();
      records += piece.records.size();
      bytes += piece.bytes;
      next = lane.position(piece.records.getFirst());
    }
    lane.queue.clear();
    release(lane, records, bytes);
    lane.next = next;
  }

  private void resumed(PartitionId partition, long now) {
    Lane<R> lane = lanes.get(partition);
    if (lane == null) {
      return;
    }
    lane.outagesInARow = 0;
    deadLetters.forget();
    // What failed so far may have been mended.
    for (Work<R> work : lane.pieces()) {
      work.failures = 0;
      work.failedMillis = -1;
      work.aloneMillis = -1;
      work.dueMillis = Long.MIN_VALUE;
    }
    if (lane.condition instanceof Condition.Stopped) {
      actions.add(new Action.Seek<>(partition, lane.next));
    }
    lane.condition = Lane.RUNNING;
    settle(lane, now);
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
    long due = lettersDueMillis;
    boolean dirty = false;
    // While calls must wait for something to happen, no time is due.
    boolean mayCall = mayCall();
    for (Lane<R> lane : rotation) {
      Work<R> last = lane.abandoned == null ? lane.outstanding.peekLast() : lane.abandoned;
      if (last != null && last.calling()) {
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
    return !groups.isEmpty() || (commit != null && uncommittedRecords >= limits.commitRecords());
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
    Invariants.require(ids.equals(groups.keySet()), "work that belongs to no lane (I4)");
  }

  private void release(Lane<R> lane, int records, long bytes) {
    lane.records -= records;
    lane.bytes -= bytes;
    outstandingRecords -= records;
    outstandingBytes -= bytes;
  }

  /// Takes it out of what is waited for; what was told together with it goes on.
  private void forget(Work<R> work) {
    Group<R> group = work.group;
    if (group != null) {
      work.group = null;
      group.parts.remove(work);
      if (group.parts.isEmpty()) {
        groups.remove(group.id);
      }
    }
  }
}
