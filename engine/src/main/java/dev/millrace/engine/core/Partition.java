package dev.millrace.engine.core;

import dev.millrace.engine.core.PartitionView.Condition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One assigned partition: what was received of it, in which lanes it waits, what is finished.
final class Partition<R> {
  /// So far in offsets may the last record in a lane be from the first unfinished one.
  static final long MOST_SPAN = 1 << 21;

  /// So many records at most are kept track of behind the first unfinished one.
  static final int MOST_TRACKED = 1 << 18;

  final PartitionId id;
  private final RecordView<R> view;
  private final Ordering ordering;

  /// Received and in no lane.
  final Backlog<R> backlog;

  final Tracker<R> tracker;

  /// Those in which something waits or is under way.
  final Map<Object, Lane<R>> lanes = new LinkedHashMap<>();

  /// Lanes in which something waits that has never been called, and nothing else is before it.
  /// Looked at again before it is believed.
  final Deque<Lane<R>> free = new ArrayDeque<>();

  /// What is to be called again and is first in its lanes. Looked at again before it is believed.
  final Deque<Group<R>> again = new ArrayDeque<>();

  /// Received and not finished.
  int records;

  /// Those of them that are in lanes.
  int inLanes;

  /// Of records received and not finished, and of their outputs on their way.
  long bytes;

  /// In [#free], records and bytes.
  private int freeRecords;

  private long freeBytes;

  /// How many groups are known as first in their lanes, due or not.
  int offered;

  /// How many groups are being called or delivered.
  int underWay;

  /// No new batch before, in the core's time: the cluster was not there for the last one.
  long notBeforeMillis = Long.MIN_VALUE;

  Condition.@Nullable Stopped stopped;
  boolean draining;
  boolean full;
  boolean paused;

  /// Failures in a row that were the cluster's fault.
  int outagesInARow;

  /// When the first of those never called came, or was left by a call, in the core's time.
  long queuedMillis;

  /// When the frontier last moved or work began after none, in the core's time.
  long progressMillis;

  /// Where reading goes on when everything received is finished.
  Position next;

  @Nullable Position committed;

  /// What the last commit said, whether it came through or not.
  @Nullable Position told;

  /// What a former owner finished of what is still to be received.
  private Gaps former;

  /// Records finished and not acknowledged as committed.
  int uncommitted;

  /// How many of the backlog are committed: they may be called at most once.
  int claimed;

  Partition(
      PartitionId id,
      RecordView<R> view,
      Ordering ordering,
      Position next,
      @Nullable Checkpoint committed,
      long now) {
    this.id = id;
    this.view = view;
    this.ordering = ordering;
    this.backlog = new Backlog<>(view);
    this.tracker = new Tracker<>(view);
    this.next = next;
    this.committed = committed == null ? null : committed.position();
    this.former = committed == null ? Gaps.NONE : committed.gaps();
    this.progressMillis = now;
  }

  /// Takes in what a poll brought, but for what was finished before.
  void receive(List<R> received, Position behind) {
    List<R> unfinished = received;
    if (!former.isEmpty()) {
      unfinished = new ArrayList<>(received.size());
      for (R one : received) {
        long offset = view.offset(one);
        int epoch = view.leaderEpoch(one);
        if (former.isVoid(offset, epoch)) {
          former = Gaps.NONE;
        }
        if (former.isFinished(offset, epoch)) {
          tracker.receiveFinished(one);
        } else {
          tracker.receive(List.of(one));
          unfinished.add(one);
        }
      }
    } else {
      tracker.receive(received);
    }
    long before = backlog.bytes();
    backlog.add(unfinished);
    bytes += backlog.bytes() - before;
    records += unfinished.size();
    next = behind;
  }

  /// How many more records of the backlog lanes may take now.
  ///
  /// @param most no more than these
  int room(int most) {
    R first = tracker.first();
    if (first == null || tracker.size() - backlog.size() >= MOST_TRACKED) {
      return 0;
    }
    long end = view.offset(first) + MOST_SPAN;
    int room = Math.min(most, Limits.MOST_UNFINISHED - inLanes);
    int count = 0;
    R next = backlog.first();
    while (count < room && next != null && view.offset(next) < end) {
      next = backlog.get(++count);
    }
    return count;
  }

  /// A record waits in its lane.
  void queue(Lane<R> lane, R one) {
    int size = view.bytes(one);
    lane.queue.addLast(one);
    lane.queuedBytes += size;
    if (lane.offered) {
      freeRecords++;
      freeBytes += size;
    }
  }

  /// A batch can be made of what waits in this lane.
  void offer(Lane<R> lane) {
    lane.offered = true;
    free.addLast(lane);
    freeRecords += lane.queue.size();
    freeBytes += lane.queuedBytes;
  }

  /// No batch can, or one is: of the first one offered.
  void withdraw(Lane<R> lane) {
    lane.offered = false;
    free.removeFirst();
    freeRecords -= lane.queue.size();
    freeBytes -= lane.queuedBytes;
  }

  /// This can be called again as soon as it is due.
  void offer(Group<R> group) {
    group.offered = true;
    offered++;
    again.add(group);
  }

  void withdraw(Group<R> group) {
    group.offered = false;
    offered--;
  }

  /// The lane in which a record waits.
  Lane<R> lane(R received) {
    return lanes.computeIfAbsent(ordering.lane(view, received), key -> new Lane<>(this, key));
  }

  /// Takes some records of the backlog.
  Backlog.Batch<R> take(int mostRecords, long mostBytes) {
    Backlog.Batch<R> taken = backlog.take(mostRecords, mostBytes);
    claimed = Math.max(0, claimed - taken.records().size());
    inLanes += taken.records().size();
    return taken;
  }

  /// Marks records as finished.
  void finish(List<R> finished) {
    tracker.finish(finished);
    if (!former.isEmpty() && frontier().offset() >= former.end()) {
      former = Gaps.NONE;
    }
  }

  /// The first unfinished record received; with nothing outstanding, where the consumer stands.
  Position frontier() {
    R first = tracker.first();
    return first == null ? next : position(first);
  }

  /// What to commit of it.
  Checkpoint checkpoint() {
    return new Checkpoint(
        frontier(), tracker.gaps(former, next.offset()).within(Limits.MOST_UNFINISHED, MOST_SPAN));
  }

  /// What to commit before so many records of the backlog are called.
  Checkpoint checkpoint(int count) {
    Position position = behind(count);
    return new Checkpoint(position, former.from(position.offset()));
  }

  /// Behind so many records of the backlog.
  Position behind(int count) {
    R first = backlog.get(count);
    return first == null ? next : position(first);
  }

  Position position(R received) {
    return new Position(view.offset(received), view.leaderEpoch(received));
  }

  /// Whether there is something to commit.
  boolean dirty() {
    Position frontier = frontier();
    return uncommitted > 0
        || committed == null
        || committed.offset() != frontier.offset()
        || (told != null && told.offset() > frontier.offset());
  }

  /// Whether enough for a full batch could be called.
  boolean batchIsFull(Limits limits) {
    return backlog.size() + freeRecords >= limits.batchRecords()
        || backlog.bytes() + freeBytes >= limits.batchBytes();
  }

  /// Keeps nothing but what is finished, so that a stopped partition leaves the memory to the
  /// others. Everything else is read again when it is resumed.
  void giveBack() {
    Checkpoint checkpoint = checkpoint();
    former = checkpoint.gaps();
    next = checkpoint.position();
    tracker.clear();
    backlog.clear();
    lanes.clear();
    free.clear();
    freeRecords = 0;
    freeBytes = 0;
    records = 0;
    inLanes = 0;
    bytes = 0;
    claimed = 0;
  }

  /// Counts those of the backlog that may be called: they are committed.
  void claim() {
    R one = backlog.get(claimed);
    while (one != null && committed != null && view.offset(one) < committed.offset()) {
      one = backlog.get(++claimed);
    }
  }

  long size(List<R> some) {
    long sum = 0;
    for (R one : some) {
      sum += view.bytes(one);
    }
    return sum;
  }
}
