package dev.millrace.engine.core;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides when to commit what, one commit at a time.
final class Commits<R> {
  /// Long enough for a coordinator to move, short beside the commit interval.
  private static final long BACK_OFF_MILLIS = 100;

  private final State<R> state;
  private @Nullable InFlight<R> inFlight;
  private long dueMillis = Long.MIN_VALUE;
  private boolean failed;

  /// A commit on its way, with how many records it covers of each partition: finished ones, or,
  /// where they are committed before, such as may be called then.
  private record InFlight<R>(
      long id, Map<Partition<R>, Position> positions, Map<Partition<R>, Integer> covered) {}

  Commits(State<R> state) {
    this.state = state;
  }

  void commitIfDue(long now) {
    if (inFlight != null) {
      return;
    }
    boolean atMostOnce = state.atMostOnce();
    // At half the bound already, so that the acknowledgement is back before calls would wait.
    boolean due =
        now >= dueMillis || state.uncommittedRecords >= (state.limits.commitRecords() + 1) / 2;
    if ((!due && !atMostOnce) || (now < dueMillis && failed)) {
      return;
    }
    Map<PartitionId, Checkpoint> checkpoints = new LinkedHashMap<>();
    InFlight<R> next = new InFlight<>(state.nextId(), new HashMap<>(), new HashMap<>());
    for (Partition<R> partition : state.rotation) {
      int covered = atMostOnce ? claimable(partition) : partition.uncommitted;
      if (atMostOnce ? covered > 0 || (due && isBehind(partition)) : partition.dirty()) {
        Checkpoint checkpoint =
            atMostOnce ? partition.checkpoint(partition.claimed + covered) : partition.checkpoint();
        checkpoints.put(partition.id, checkpoint);
        partition.told = checkpoint.position();
        next.positions.put(partition, checkpoint.position());
        next.covered.put(partition, covered);
      }
    }
    if (!checkpoints.isEmpty()) {
      failed = false;
      dueMillis = now + state.limits.commitMillis();
      inFlight = next;
      state.act(new Action.Commit<>(next.id, checkpoints));
    }
  }

  /// How many more records of the backlog to commit, so that they can be called: those of the next
  /// batch, which a crash loses.
  private int claimable(Partition<R> partition) {
    if (state.held || partition.draining || partition.stopped != null) {
      return 0;
    }
    int wanted =
        state.limits.ordering() == Ordering.PARTITION
            ? state.limits.batchRecords()
            : partition.room(Integer.MAX_VALUE);
    return Math.max(0, Math.min(wanted, partition.backlog.size()) - partition.claimed);
  }

  /// Whether nothing is left to call and not all of that is committed.
  private boolean isBehind(Partition<R> partition) {
    return !partition.draining
        && (partition.committed == null
            || (partition.backlog.isEmpty()
                && partition.stopped == null
                && partition.committed.offset() < partition.next.offset()));
  }

  void committed(long id) {
    if (inFlight == null || inFlight.id != id) {
      return;
    }
    inFlight.positions.forEach((partition, position) -> partition.committed = position);
    inFlight.covered.forEach((partition, covered) -> {
      if (state.atMostOnce()) {
        partition.claim();
      } else {
        partition.uncommitted -= covered;
        if (state.partitions.get(partition.id) == partition) {
          state.uncommittedRecords -= covered;
        }
      }
    });
    inFlight = null;
  }

  /// Nobody knows whether the broker has it: the next commit says how things stand by then.
  void failed(long id, long now) {
    if (inFlight != null && inFlight.id == id) {
      inFlight = null;
      failed = true;
      dueMillis = now + BACK_OFF_MILLIS;
    }
  }

  boolean inFlight() {
    return inFlight != null;
  }

  /// What of these partitions is not known to be committed: what a last, waiting commit must hold.
  Map<PartitionId, Checkpoint> last(Collection<PartitionId> partitions) {
    Map<PartitionId, Checkpoint> checkpoints = new LinkedHashMap<>();
    for (PartitionId id : partitions) {
      Partition<R> partition = state.partitions.get(id);
      if (partition != null && partition.dirty()) {
        checkpoints.put(id, partition.checkpoint());
      }
    }
    return checkpoints;
  }

  /// When a commit is due next, in the core's time; [Long#MAX_VALUE] for never.
  long nextDueMillis() {
    if (inFlight == null) {
      boolean atMostOnce = state.atMostOnce();
      for (Partition<R> partition : state.rotation) {
        if (atMostOnce ? claimable(partition) > 0 || isBehind(partition) : partition.dirty()) {
          return dueMillis;
        }
      }
    }
    return Long.MAX_VALUE;
  }
}
