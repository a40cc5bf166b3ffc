package dev.millrace.engine.core;

import dev.millrace.engine.core.Work.State;
import java.util.HashSet;
import java.util.Set;

/// What must hold after every step, recomputed from nothing. For tests and simulations; a step of
/// the engine does not pay for it. The numbers are those of the design.
final class Invariants {
  private Invariants() {}

  static <R> void check(Core<R> core, Limits limits, RecordView<R> view) {
    int records = 0;
    long bytes = 0;
    int calls = 0;
    long outputs = 0;
    Set<Long> ids = new HashSet<>();
    for (Lane<R> lane : core.rotation()) {
      String where = lane.partition.toString();
      long last = -1;
      int laneRecords = 0;
      long laneBytes = 0;
      boolean behind = false;
      for (Work<R> work : lane.outstanding) {
        require(!behind, where + ": a call before the end of an earlier one (I5)");
        require(work.state != State.WAITING, where + ": what is to be called is not in redo");
        behind = work.calling();
        calls += behind ? 1 : 0;
      }
      for (Work<R> work : lane.pieces()) {
        last = ascending(where, work, view, last);
        laneRecords += work.records.size();
        laneBytes += lane.size(work.records) + work.outputBytes;
        outputs += work.state == State.DELIVERING ? work.outputBytes : 0;
        boolean told = work.state == State.CALLING || work.state == State.DELIVERING;
        require(told == (work.group != null), where + ": a piece waits for nothing, or in vain");
        if (work.group != null) {
          ids.add(work.group.id);
        }
      }
      require(
          lane.outstanding.isEmpty() || lane.outstanding.getFirst().state != State.DELIVERED,
          where + ": finished work is left at the frontier");
      if (lane.abandoned != null) {
        require(!behind, where + ": two calls in flight (I5)");
        require(ids.add(lane.abandoned.group().id), where + ": two pieces of work with one id");
        calls++;
      }
      require(
          lane.calling() || lane.redo.isEmpty() || lane.redo.getFirst().state == State.WAITING,
          where + ": what is finished waits behind nothing");
      require(lane.redo.stream().noneMatch(Work::calling), where + ": two calls in flight (I5)");
      for (R received : lane.queue) {
        require(view.offset(received) > last, where + ": records out of order");
        last = view.offset(received);
        laneRecords++;
        laneBytes += view.bytes(received);
      }
      require(
          !(lane.condition instanceof LaneView.Condition.Stopped)
              || (lane.queue.isEmpty()
                  && (lane.redo.isEmpty() || lane.redo.getLast().state != State.WAITING)),
          where + ": a stopped lane keeps records");
      require(lane.next.offset() > last, where + ": received records lie behind the position");
      require(laneRecords == lane.records, where + ": record count");
      require(laneBytes == lane.bytes, where + ": byte count");
      require(lane.uncommitted >= 0, where + ": uncommitted count");
      Position committed = lane.committed;
      require(
          committed == null || committed.offset() <= lane.frontier().offset(),
          where
              + ": committed beyond the first unfinished record, or the frontier went back (I1,"
              + " I2)");
      records += laneRecords;
      bytes += laneBytes;
    }
    core.requireCounts(records, bytes, calls, outputs, ids);
    require(records <= limits.outstandingRecords(), "more records outstanding than the cap (I8)");
  }

  private static <R> long ascending(String where, Work<R> work, RecordView<R> view, long last) {
    long previous = last;
    for (R received : work.records) {
      require(view.offset(received) > previous, where + ": records out of order");
      previous = view.offset(received);
    }
    return previous;
  }

  static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
