package dev.millrace.engine.core;

import dev.millrace.engine.core.Work.Phase;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What must hold after every step, recomputed from nothing. For tests and simulations; a step of
/// the engine does not pay for it. The numbers are those of the design.
final class Invariants<R> {
  private final State<R> state;
  private final int callsBefore;
  private final boolean atMostOnce;
  private int records;
  private long bytes;
  private long outputs;
  private int calls;

  /// @param callsBefore calls that began under limits which allowed more
  Invariants(State<R> state, int callsBefore) {
    this.state = state;
    this.callsBefore = callsBefore;
    this.atMostOnce = state.limits.guarantee() == Guarantee.AT_MOST_ONCE;
  }

  void check() {
    checkGroups();
    state.rotation.forEach(this::check);
    require(records == state.outstandingRecords, "outstanding record count");
    require(bytes == state.outstandingBytes, "outstanding byte count");
    require(calls == state.callsInFlight, "calls in flight");
    require(outputs == state.outputBytes, "output byte count");
    require(
        calls <= Math.max(state.limits.concurrency(), callsBefore),
        "more calls in flight than allowed (I8)");
    require(
        state.uncommittedRecords == state.rotation.stream().mapToInt(one -> one.uncommitted).sum(),
        "uncommitted record count");
    require(
        records <= state.limits.outstandingRecords(), "more records outstanding than the cap (I8)");
  }

  private void checkGroups() {
    state.groups.forEach((id, group) -> {
      require(group.id == id, "a group under another id");
      require(
          state.partitions.get(group.partition.id) == group.partition,
          "work that belongs to no partition (I4)");
      require(!group.parts.isEmpty(), "a group of nothing");
      for (Work<R> part : group.parts) {
        require(part.group == group, "a piece is told with another id");
        require(part.phase == group.parts.getFirst().phase, "pieces of a group differ");
      }
      calls += group.calling() ? 1 : 0;
      outputs += group.outputBytes;
    });
  }

  private void check(Partition<R> partition) {
    String where = partition.id.toString();
    Map<Long, R> unfinished = new TreeMap<>();
    long size = 0;
    int inLanes = 0;
    for (Lane<R> lane : partition.lanes.values()) {
      long last = check(where, lane);
      for (Work<R> piece : lane.pieces()) {
        for (R one : piece.records) {
          unfinished.put(state.view.offset(one), one);
          inLanes++;
        }
        size += partition.size(piece.records);
      }
      for (R one : lane.queue) {
        require(state.view.offset(one) > last, where + ": records out of order");
        last = state.view.offset(one);
        unfinished.put(last, one);
        size += state.view.bytes(one);
        inLanes++;
      }
    }
    require(unfinished.size() == inLanes, where + ": a record in two places");
    require(inLanes == partition.inLanes, where + ": count of records in lanes");
    long last = -1;
    for (R one : partition.backlog) {
      require(state.view.offset(one) > last, where + ": records out of order");
      last = state.view.offset(one);
      unfinished.put(last, one);
      size += state.view.bytes(one);
    }
    require(
        state.limits.ordering() == Ordering.PARTITION || inLanes <= Limits.MOST_UNFINISHED,
        where + ": more records in lanes than a commit can name (I12)");
    for (Group<R> group : state.groups.values()) {
      size += group.partition == partition ? group.outputBytes : 0;
    }
    require(partition.next.offset() > last, where + ": received records lie behind the position");
    require(unfinished.size() == partition.records, where + ": record count");
    require(size == partition.bytes, where + ": byte count");
    require(partition.uncommitted >= 0, where + ": uncommitted count");
    require(
        partition.claimed >= 0 && partition.claimed <= partition.backlog.size(),
        where + ": more may be called than there is");
    require(
        partition.underWay
            == state.groups.values().stream().filter(one -> one.partition == partition).count(),
        where + ": count of what is under way");
    checkOffers(where, partition);
    checkCheckpoint(where, partition, unfinished);
    records += partition.records;
    bytes += partition.bytes;
  }

  /// Everything that can be called is known as such, and nothing waits for ever.
  private static <R> void checkOffers(String where, Partition<R> partition) {
    if (partition.draining) {
      return;
    }
    for (Lane<R> lane : partition.lanes.values()) {
      Work<R> next = lane.redo.peekFirst();
      require(
          lane.calling() || next == null || !next.group().isFirst() || next.group().offered,
          where + ": what is to be called again is forgotten");
      require(
          !lane.isFree() || lane.queue.isEmpty() || lane.offered, where + ": a lane is forgotten");
    }
    require(
        partition.stopped == null
            || partition.underWay > 0
            || partition.offered > 0
            || partition.records == 0,
        where + ": a stopped partition keeps records");
  }

  /// What would be committed now says exactly what is finished.
  private void checkCheckpoint(String where, Partition<R> partition, Map<Long, R> unfinished) {
    Checkpoint checkpoint = partition.checkpoint();
    Position committed = partition.committed;
    if (atMostOnce) {
      for (Group<R> group : state.groups.values()) {
        require(
            !group.calling()
                || group.partition != partition
                || (committed != null
                    && group.records().stream()
                        .allMatch(one -> state.view.offset(one) < committed.offset())),
            where + ": a call before its commit");
      }
      return;
    }
    require(
        committed == null || committed.offset() <= checkpoint.position().offset(),
        where
            + ": committed beyond the first unfinished record, or the frontier went back (I1, I2)");
    Gaps gaps = checkpoint.gaps();
    unfinished.forEach((offset, one) ->
        require(
            offset >= checkpoint.position().offset()
                && !gaps.isFinished(offset, state.view.leaderEpoch(one)),
            where + ": " + offset + " is not finished, but would be committed so (I3)"));
    if (!gaps.isEmpty()) {
      String text = GapMap.encode(gaps, checkpoint.position().offset(), where);
      require(
          GapMap.decode(text, checkpoint.position().offset(), where)
              .filter(gaps::equals)
              .isPresent(),
          where + ": the gaps are not read as they were written (I3)");
    }
  }

  /// @return the last offset of its pieces, -1 for none
  private long check(String where, Lane<R> lane) {
    boolean behind = false;
    for (Work<R> work : lane.outstanding) {
      require(!behind, where + ": a call before the end of an earlier one (I5)");
      require(work.phase != Phase.WAITING, where + ": what is to be called is not in redo");
      behind = work.calling();
    }
    require(lane.abandoned == null || !behind, where + ": two calls in flight (I5)");
    require(
        lane.outstanding.isEmpty() || lane.outstanding.getFirst().phase != Phase.DELIVERED,
        where + ": finished work is left in its lane");
    require(
        lane.calling() || lane.redo.isEmpty() || lane.redo.getFirst().phase == Phase.WAITING,
        where + ": what is finished waits behind nothing");
    require(lane.redo.stream().noneMatch(Work::calling), where + ": two calls in flight (I5)");
    long last = -1;
    Set<Group<R>> waiting = new HashSet<>();
    for (Work<R> work : lane.pieces()) {
      Group<R> group = work.group;
      require(
          (work.phase == Phase.DELIVERED) == (group == null),
          where + ": a piece waits for nothing, or in vain");
      if (work.phase == Phase.WAITING) {
        require(waiting.add(work.group()), where + ": a lane is twice in one call");
      } else if (group != null) {
        require(state.groups.get(group.id) == group, where + ": a piece waits in vain");
      }
      for (R received : work.records) {
        require(state.view.offset(received) > last, where + ": records out of order");
        last = state.view.offset(received);
      }
    }
    return last;
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
