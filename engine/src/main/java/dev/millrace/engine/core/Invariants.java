package dev.millrace.engine.core;

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
        behind = work.calling;
        last = ascending(where, work, view, last);
        laneRecords += work.records.size();
        laneBytes += lane.size(work.records) + work.outputBytes;
        calls += work.calling ? 1 : 0;
        outputs += work.calling || work.delivered ? 0 : work.outputBytes;
        if (!work.delivered) {
          require(ids.add(work.id), where + ": two pieces of work with one id");
        }
      }
      require(
          lane.outstanding.isEmpty() || !lane.outstanding.getFirst().delivered,
          where + ": finished work is left at the frontier");
      if (lane.abandoned != null) {
        require(!behind, where + ": two calls in flight (I5)");
        require(ids.add(lane.abandoned.id), where + ": two pieces of work with one id");
        calls++;
      }
      for (Work<R> work : lane.redo) {
        last = ascending(where, work, view, last);
        laneRecords += work.records.size();
        laneBytes += lane.size(work.records);
      }
      for (R received : lane.queue) {
        require(view.offset(received) > last, where + ": records out of order");
        last = view.offset(received);
        laneRecords++;
        laneBytes += view.bytes(received);
      }
      require(
          !(lane.condition instanceof LaneView.Condition.Stopped)
              || (lane.queue.isEmpty() && lane.redo.isEmpty()),
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
