package dev.millrace.engine.core;

import dev.millrace.engine.core.PartitionView.Condition;
import dev.millrace.engine.core.Policy.Rule;
import dev.millrace.engine.core.Policy.Then;
import dev.millrace.engine.core.Work.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Decides what becomes of records whose call, or the delivery of whose outputs, did not succeed:
/// called again, looked for by halves, passed over, written as dead letters, or stopped at.
final class Failures<R> {
  private final State<R> state;
  private final Calls<R> calls;

  /// Those that stopped and still keep what was received.
  private final List<Partition<R>> stopping = new ArrayList<>();

  /// When dead letters are to be written again next.
  private long lettersDueMillis = Long.MAX_VALUE;

  Failures(State<R> state, Calls<R> calls) {
    this.state = state;
    this.calls = calls;
  }

  /// What was decided of pieces of a call.
  private static final class Judgement<R> {
    final Partition<R> partition;

    /// In the order of their lanes.
    final Map<Lane<R>, List<Work<R>>> pieces = new LinkedHashMap<>();

    final List<Work<R>> letters = new ArrayList<>();
    final List<Work<R>> stops = new ArrayList<>();

    Judgement(Partition<R> partition) {
      this.partition = partition;
    }

    void add(Work<R> piece) {
      pieces.computeIfAbsent(piece.lane, lane -> new ArrayList<>()).add(piece);
    }
  }

  // Calls

  /// A call ended differently for some of its records.
  void split(Group<R> group, Event.Returned<R> returned, long now) {
    group.parts.forEach(part -> part.lane.outstanding.removeLast());
    state.end(group);
    Judgement<R> judgement = new Judgement<>(group.partition);
    List<Work<R>> finished = new ArrayList<>();
    int from = 0;
    for (Event.Apart apart : returned.apart()) {
      finish(judgement, finished, group.slice(from, apart.index(), group.history()));
      from = apart.index() + 1;
      judge(
          judgement,
          group.slice(apart.index(), from, group.history().copy()),
          apart.failure(),
          now);
    }
    finish(judgement, finished, group.slice(from, returned.done(), group.history()));
    from = returned.done();
    Failure failure = returned.failure();
    if (failure != null) {
      int end = returned.alone() ? from + 1 : group.called;
      History history = group.history().copy();
      if (returned.alone() && from > 0) {
        history.attempt = 1;
      }
      judge(judgement, group.slice(from, end, history), failure, now);
      from = end;
    }
    // What is behind was never called.
    group.slice(from, group.called, new History()).forEach(piece -> again(judgement, piece));
    judgement.pieces.forEach(Lane::putBack);
    conclude(judgement, now);
    if (!finished.isEmpty()) {
      Group<R> rest = new Group<>(group.id, group.partition, finished, group.called);
      state.begin(rest);
      calls.delivering(rest, returned.outputs(), returned.outputBytes(), now);
    }
  }

  private void finish(Judgement<R> judgement, List<Work<R>> finished, List<Work<R>> some) {
    for (Work<R> piece : some) {
      piece.phase = Phase.DELIVERING;
      finished.add(piece);
      judgement.add(piece);
      state.deadLetters.finished(piece.records.size());
    }
  }

  /// Ends calls that take too long. One that was cancelled before, and has not ended yet, is no
  /// longer waited for: what hangs now may overlap its successor.
  void endOverdue(long now) {
    for (Group<R> group : calls.overdue(now)) {
      if (group.abandoned) {
        state.leave(group);
        ended(group, now);
      } else {
        group.overdue = true;
        state.act(new Action.Overdue<>(group.id, Duration.ofMillis(group.deadlineMillis)));
      }
    }
  }

  /// A call whose result was no longer wanted has ended, or nobody waits for that any more.
  void ended(Group<R> abandoned, long now) {
    for (Work<R> part : abandoned.parts) {
      part.lane.abandoned = null;
      calls.settle(part.lane, now);
    }
  }

  /// A half of a batch that failed is not at fault: the other one is, and is halved without being
  /// called, unless that has begun.
  void notAtFault(Group<R> half, long now) {
    Group<R> other = half.sibling;
    if (other == null || other.called == 1 || other.history().failure == null) {
      return;
    }
    for (Work<R> part : other.parts) {
      if (part.group != other || part.lane.redo.peekFirst() != part) {
        return;
      }
    }
    other.parts.forEach(part -> part.lane.redo.removeFirst());
    Judgement<R> judgement = new Judgement<>(other.partition);
    halve(judgement, other.parts);
    judgement.pieces.forEach(Lane::putBack);
    conclude(judgement, now);
  }

  // Deliveries

  /// The cluster did not take an output of a call, or a dead letter.
  void deliveryFailed(Group<R> group, Failure failure, long now) {
    if (group.ofLetters()) {
      lettersFailed(group, failure, now);
    } else if (state.atMostOnce()) {
      lose(group, failure, now);
    } else {
      outputsFailed(group, failure, now);
    }
  }

  /// Some of the outputs may be there, so that their records are not called again. While the
  /// cluster is away not everything is lost in one go: the next batch waits.
  private void lose(Group<R> group, Failure failure, long now) {
    Partition<R> partition = group.partition;
    for (Work<R> part : group.parts) {
      part.records.forEach(one -> skipped(partition, one, part.history.attempt, failure));
    }
    int outages = partition.outagesInARow + 1;
    calls.delivered(group, now);
    if (failure instanceof Failure.Unavailable) {
      partition.outagesInARow = outages;
      partition.notBeforeMillis = now + state.limits.retry().waitMillis(outages, random());
    }
  }

  private void outputsFailed(Group<R> group, Failure failure, long now) {
    List<Work<R>> failed = List.copyOf(group.parts);
    Map<Lane<R>, List<Work<R>>> taken = new LinkedHashMap<>();
    failed.forEach(part -> taken.computeIfAbsent(part.lane, lane -> lane.takeFrom(part)));
    state.leave(group);
    boolean unavailable = failure instanceof Failure.Unavailable;
    int culprit = culprit(failed, failure);
    // What is left of a call may not be what its refused output was made of.
    boolean theirs = group.called == 1 || culprit >= 0 || !knowsCulprit(failure);
    boolean alone = culprit < 0 || Group.count(failed) == 1;
    Judgement<R> judgement = new Judgement<>(group.partition);
    boolean once = taken.size() == failed.size();
    // Of each lane the first, in the order of the call.
    List<Work<R>> together = taken.values().stream().map(List::getFirst).toList();
    if (unavailable || (theirs && alone && once)) {
      History history = group.history().copy();
      judge(judgement, together.stream().map(part -> part.again(history)).toList(), failure, now);
    } else {
      searching(judgement.partition, failed, failure);
      together = List.of();
      if (culprit >= 0 && once) {
        together = failed;
        cutOut(judgement, failed, culprit);
      }
    }
    // Everything behind it is called again too, so that the outputs keep their order.
    for (List<Work<R>> pieces : taken.values()) {
      for (Work<R> piece : pieces) {
        if (together.contains(piece)) {
          continue;
        }
        if (!failed.contains(piece)) {
          takeBack(judgement, piece, taken);
          continue;
        }
        // Of several one has the refused output: each is called by itself.
        History history = again(piece);
        history.suspect |= !unavailable;
        again(judgement, piece.again(history));
      }
    }
    putBack(judgement, taken);
    conclude(judgement, now);
  }

  /// A record is called by itself, and so are those before it and those behind it.
  private void cutOut(Judgement<R> judgement, List<Work<R>> pieces, int culprit) {
    int[] bounds = {0, culprit, culprit + 1, Group.count(pieces)};
    for (int i = 0; i < 3; i++) {
      if (bounds[i] < bounds[i + 1]) {
        wait(judgement, Group.slice(pieces, bounds[i], bounds[i + 1], again(pieces.getFirst())));
      }
    }
  }

  private static boolean knowsCulprit(Failure failure) {
    return failure instanceof Failure.InvalidOutput(Throwable cause, long offset) && offset >= 0;
  }

  /// The place among all records of these pieces of the one whose output was refused; -1 if it is
  /// not known, or none of them.
  private int culprit(List<Work<R>> pieces, Failure failure) {
    if (failure instanceof Failure.InvalidOutput(Throwable cause, long offset)) {
      int place = 0;
      for (Work<R> piece : pieces) {
        for (R one : piece.records) {
          if (state.view.offset(one) == offset) {
            return place;
          }
          place++;
        }
      }
    }
    return -1;
  }

  /// What is behind something that is called again is so too. A call in flight is cancelled.
  private void takeBack(Judgement<R> judgement, Work<R> piece, Map<Lane<R>, List<Work<R>>> taken) {
    switch (piece.phase) {
      case WAITING -> judgement.add(piece);
      case CALLING -> {
        Group<R> call = piece.group();
        if (!call.abandoned) {
          call.abandoned = true;
          state.act(new Action.Cancel<>(call.id));
          for (Work<R> part : call.parts) {
            part.lane.abandoned = call;
            if (!taken.containsKey(part.lane)) {
              part.lane.outstanding.removeLast();
              again(judgement, part.again(again(part)));
            }
          }
        }
        again(judgement, piece.again(again(piece)));
      }
      case DELIVERING, DELIVERED -> {
        state.leave(piece);
        again(judgement, piece.again(again(piece)));
      }
    }
  }

  private static <R> History again(Work<R> piece) {
    History history = piece.history.copy();
    history.attempt++;
    return history;
  }

  /// To be called by itself.
  private void again(Judgement<R> judgement, Work<R> piece) {
    if (!piece.records.isEmpty()) {
      wait(judgement, List.of(piece));
    }
  }

  /// To be called together.
  private Group<R> wait(Judgement<R> judgement, List<Work<R>> pieces) {
    pieces.forEach(judgement::add);
    return new Group<>(state.nextId(), judgement.partition, pieces);
  }

  /// Everything from its first piece on was taken out of some lanes; of others only a call.
  private static <R> void putBack(Judgement<R> judgement, Map<Lane<R>, List<Work<R>>> taken) {
    judgement.pieces.forEach((lane, pieces) -> {
      if (taken.containsKey(lane)) {
        lane.redo.addAll(pieces);
      } else {
        lane.putBack(pieces);
      }
    });
  }

  // Dead letters

  /// Dead letters are written again until they are there; nothing is called again for them. One
  /// that is refused stops its partition.
  private void lettersFailed(Group<R> group, Failure failure, long now) {
    Partition<R> partition = group.partition;
    if (failure instanceof Failure.Unavailable) {
      long wait = state.limits.retry().waitMillis(++partition.outagesInARow, random());
      group.dueMillis = now + wait;
      lettersDueMillis = Math.min(lettersDueMillis, group.dueMillis);
      retrying(partition, group.first(), group.history(), failure, wait);
      return;
    }
    state.end(group);
    if (group.called > 1) {
      // It may be one of them: each is written by itself.
      group.parts.forEach(part -> write(partition, List.of(part)));
      return;
    }
    Work<R> refused = group.parts.getFirst();
    Judgement<R> judgement = new Judgement<>(partition);
    Failure why = new Failure.DeadLetterRefused(failure.cause(), refused.history.failure());
    if (state.atMostOnce()) {
      // Nothing behind it is called again.
      refused.group = null;
      refused.history.failure = why;
      stop(judgement, List.of(refused));
      conclude(judgement, now);
      return;
    }
    List<Work<R>> pieces = refused.lane.takeFrom(refused);
    Map<Lane<R>, List<Work<R>>> taken = Map.of(refused.lane, pieces);
    History history = refused.history.copy();
    history.failure = why;
    stop(judgement, List.of(refused.again(history)));
    for (Work<R> piece : pieces) {
      if (piece.calling()) {
        takeBack(judgement, piece, taken);
      } else if (piece != refused) {
        judgement.add(piece);
      }
    }
    putBack(judgement, taken);
    conclude(judgement, now);
  }

  private void hurry(Group<R> letters, long now) {
    if (letters.dueMillis != Long.MAX_VALUE) {
      letters.dueMillis = now;
      lettersDueMillis = now;
    }
  }

  private void write(Partition<R> partition, List<Work<R>> pieces) {
    pieces.forEach(piece -> piece.phase = Phase.DELIVERING);
    Group<R> group = new Group<>(state.nextId(), partition, pieces);
    group.dueMillis = Long.MAX_VALUE;
    state.begin(group);
    state.act(
        new Action.DeadLetters<>(
            group.id, partition.id, pieces.stream().map(Work::letter).toList()));
  }

  /// Writes what the cluster was not there for, when it is time.
  void writeLettersAgain(long now) {
    if (now < lettersDueMillis) {
      return;
    }
    lettersDueMillis = Long.MAX_VALUE;
    for (Group<R> group : List.copyOf(state.groups.values())) {
      if (group.calling() || !group.ofLetters() || group.dueMillis == Long.MAX_VALUE) {
        continue;
      }
      if (group.dueMillis > now) {
        lettersDueMillis = Math.min(lettersDueMillis, group.dueMillis);
        continue;
      }
      state.end(group);
      write(group.partition, group.parts);
    }
  }

  /// When dead letters are to be written again next, in the core's time.
  long nextDueMillis() {
    return lettersDueMillis;
  }

  // Judging

  /// Pieces of different lanes that were called together failed: one record, or several of which
  /// nobody knows which.
  private void judge(Judgement<R> judgement, List<Work<R>> pieces, Failure failure, long now) {
    History history = pieces.getFirst().history;
    int count = Group.count(pieces);
    history.failed(failure, count == 1, now);
    Rule rule = state.limits.policy().rule(failure, state.limits.retry().most());
    if (failure instanceof Failure.Unavailable) {
      int outages = ++judgement.partition.outagesInARow;
      retry(judgement, pieces, state.limits.retry().waitMillis(outages, random()), now);
    } else if (count > 1 && canBeHalved(failure)) {
      if (!history.suspect && rule.retries() > 0) {
        history.suspect = true;
        retry(judgement, pieces, state.limits.retry().waitMillis(1, random()), now);
      } else {
        searching(judgement.partition, pieces, failure);
        halve(judgement, pieces);
      }
    } else if (++history.failures <= rule.retries() && isYoung(history, now)) {
      retry(judgement, pieces, waitMillis(history), now);
    } else {
      // Only what is known to be at fault is passed over or put aside.
      give(judgement, pieces, count == 1 ? rule.then() : Then.STOP, now);
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
  private boolean isYoung(History history, long now) {
    return now - history.aloneMillis < state.limits.policy().mostAgeMillis()
        || history.failure instanceof Failure.Verdict(Ruling.Retry(long after), Throwable cause)
            && after >= 0;
  }

  private long waitMillis(History history) {
    return history.failure instanceof Failure.Verdict(Ruling.Retry(long after), Throwable cause)
            && after >= 0
        ? after
        : state.limits.retry().waitMillis(history.failures, random());
  }

  private double random() {
    return state.random.nextDouble();
  }

  private void retry(Judgement<R> judgement, List<Work<R>> pieces, long wait, long now) {
    Group<R> group = wait(judgement, pieces);
    group.dueMillis = now + wait;
    History history = group.history();
    retrying(judgement.partition, group.first(), history, history.failure(), wait);
  }

  private void retrying(
      Partition<R> partition, R first, History history, Failure failure, long wait) {
    state.act(
        new Action.Retrying<>(
            partition.id, partition.position(first), history.attempts(), failure, wait));
  }

  private void searching(Partition<R> partition, List<Work<R>> pieces, Failure failure) {
    state.act(
        new Action.Searching<>(
            partition.id,
            partition.position(pieces.getFirst().first()),
            Group.count(pieces),
            failure,
            pieces.getFirst().history.half));
  }

  private void halve(Judgement<R> judgement, List<Work<R>> pieces) {
    int count = Group.count(pieces);
    History history = pieces.getFirst().history;
    history.suspect = true;
    history.half = true;
    Group<R> left = wait(judgement, Group.slice(pieces, 0, count / 2, history.copy()));
    left.sibling = wait(judgement, Group.slice(pieces, count / 2, count, history.copy()));
  }

  /// Nothing helped, or it was said so: the record takes what the policy has for it.
  private void give(Judgement<R> judgement, List<Work<R>> pieces, Then then, long now) {
    Partition<R> partition = judgement.partition;
    Work<R> piece = pieces.getFirst();
    History history = piece.history;
    switch (then) {
      case SKIP -> {
        judgement.add(piece);
        piece.phase = Phase.DELIVERED;
        state.deadLetters.finished(1);
        skipped(partition, piece.first(), history.attempts(), history.failure());
      }
      case DEAD_LETTER -> {
        String tooMany = state.deadLetters.tooMany(state.limits.policy());
        if (tooMany.isEmpty()) {
          judgement.add(piece);
          judgement.letters.add(piece);
          state.deadLetters.one();
          piece.letter =
              new Action.Letter<>(
                  piece.first(),
                  history.attempts(),
                  history.calls(),
                  now - history.failedMillis,
                  history.failure());
        } else {
          history.failure = new Failure.TooManyDeadLetters(tooMany, history.failure());
          stop(judgement, pieces);
        }
      }
      case STOP -> stop(judgement, pieces);
    }
  }

  private void skipped(Partition<R> partition, R record, int attempts, Failure failure) {
    state.act(new Action.Skipped<>(partition.id, partition.position(record), attempts, failure));
  }

  private void stop(Judgement<R> judgement, List<Work<R>> pieces) {
    judgement.stops.add(pieces.getFirst());
    if (state.atMostOnce()) {
      // It was called: the partition stops behind it.
      pieces.forEach(piece -> piece.phase = Phase.DELIVERED);
      pieces.forEach(judgement::add);
    } else {
      pieces.getFirst().history.stopped = true;
      wait(judgement, pieces);
    }
  }

  /// The pieces have their places in their lanes; now comes what was decided of them.
  private void conclude(Judgement<R> judgement, long now) {
    Partition<R> partition = judgement.partition;
    if (!judgement.letters.isEmpty()) {
      write(partition, judgement.letters);
    }
    judgement.stops.forEach(piece -> stop(partition, piece, now));
    judgement.pieces.keySet().forEach(lane -> calls.settle(lane, now));
  }

  /// The partition cannot be read on from where it stands.
  void unreachable(Partition<R> partition, Failure failure, long now) {
    if (partition.stopped == null) {
      stop(partition, partition.behind(0), -1, 0, failure, now);
    }
  }

  private void stop(Partition<R> partition, Work<R> piece, long now) {
    stop(
        partition,
        partition.position(piece.first()),
        state.view.timestamp(piece.first()),
        piece.history.attempts(),
        piece.history.failure(),
        now);
  }

  /// Nothing is called any more; what is under way is dealt with.
  private void stop(
      Partition<R> partition,
      Position at,
      long timestamp,
      int attempts,
      Failure failure,
      long now) {
    Condition.Stopped before = partition.stopped;
    if (before == null || at.offset() < before.first().offset()) {
      partition.stopped = new Condition.Stopped(now, at, timestamp, attempts, failure);
    }
    if (before == null) {
      stopping.add(partition);
    }
    state.act(new Action.Stopped<>(partition.id, at, timestamp, attempts, failure));
  }

  /// Stopped partitions keep nothing once what is under way is dealt with.
  void giveBack() {
    if (!stopping.isEmpty()) {
      stopping.removeIf(this::isGivenBack);
    }
  }

  private boolean isGivenBack(Partition<R> partition) {
    if (partition.stopped == null || state.partitions.get(partition.id) != partition) {
      return true;
    }
    // What was committed before it was called cannot be read again, and is called to its end.
    boolean goesOn = state.atMostOnce() && partition.offered > 0;
    if (partition.underWay > 0 || goesOn) {
      return false;
    }
    calls.forget(partition);
    // What is done behind a record that is not, is not called again.
    for (Lane<R> lane : partition.lanes.values()) {
      lane.redo.stream().filter(piece -> piece.phase == Phase.DELIVERED).forEach(calls::finish);
    }
    state.release(partition.records, partition.bytes);
    partition.giveBack();
    return true;
  }

  /// Somebody asks to try a stopped or waiting partition again now.
  void resume(Partition<R> partition, long now) {
    partition.outagesInARow = 0;
    partition.notBeforeMillis = now;
    state.deadLetters.forget();
    for (Group<R> group : state.groups.values()) {
      if (group.partition == partition && !group.calling() && group.ofLetters()) {
        hurry(group, now);
      }
    }
    if (partition.stopped != null) {
      partition.stopped = null;
      state.act(new Action.Seek<>(partition.id, partition.next));
    }
    calls.hurry(partition, now);
  }
}
