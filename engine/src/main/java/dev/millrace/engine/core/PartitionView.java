package dev.millrace.engine.core;

import org.jspecify.annotations.Nullable;

/// How an assigned partition stands.
///
/// @param partition the partition
/// @param frontier the first record that is not finished
/// @param committed the position known to be committed
/// @param records records received and not finished
/// @param bytes their bytes and those of their unacknowledged outputs
/// @param oldestTimestamp the timestamp of the first unfinished record, or -1 if none was received
/// @param calling whether a call is in flight
/// @param progressMillis when the frontier last moved or work began after none, in the core's time
/// @param condition what the lane may do next
public record PartitionView(
    PartitionId partition,
    Position frontier,
    @Nullable Position committed,
    int records,
    long bytes,
    long oldestTimestamp,
    boolean calling,
    long progressMillis,
    Condition condition) {
  /// What may be done next with it.
  public sealed interface Condition {
    /// Calls are made as records come.
    record Running() implements Condition {}

    /// The last call failed; the next is made at this time, in the core's time.
    record Waiting(long untilMillis, Failure failure) implements Condition {}

    /// No calls until somebody resumes it.
    ///
    /// @param sinceMillis in the core's time
    /// @param first the record at which it stopped; earlier ones may still be on their way
    /// @param timestamp that record's, or -1 if it was never received
    /// @param attempts how often that record was tried
    record Stopped(long sinceMillis, Position first, long timestamp, int attempts, Failure failure)
        implements Condition {}
  }
}
