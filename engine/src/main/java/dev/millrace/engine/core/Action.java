package dev.millrace.engine.core;

import java.util.List;
import java.util.Map;

/// What the core wants done outside.
///
/// @param <R> the record
public sealed interface Action<R> {
  /// Call the function with these records of one partition.
  ///
  /// @param id names the call in later events; never used twice
  /// @param partition where the records come from
  /// @param records in their order, at least one
  /// @param attempt 1 for the first call with the first record
  record Call<R>(long id, PartitionId partition, List<R> records, int attempt)
      implements Action<R> {}

  /// Cancel a call; nothing waits for it any more, and its outputs must not be sent.
  record Cancel<R>(long id) implements Action<R> {}

  /// Commit these positions without waiting. No other commit is in flight.
  record Commit<R>(long id, Map<PartitionId, Position> positions) implements Action<R> {}

  /// Read a partition again from this position.
  record Seek<R>(PartitionId partition, Position position) implements Action<R> {}

  /// Tell people that a call failed and will be made again.
  ///
  /// @param first the first record that is not finished
  /// @param attempt the attempt that failed
  /// @param waitMillis until the next
  record Retrying<R>(
      PartitionId partition, Position first, int attempt, Failure failure, long waitMillis)
      implements Action<R> {}

  /// Tell people that a partition stopped.
  ///
  /// @param first the first record that is not finished
  /// @param timestamp that record's, or -1 if it was never received
  /// @param attempts how often it was tried
  record Stopped<R>(
      PartitionId partition, Position first, long timestamp, int attempts, Failure failure)
      implements Action<R> {}
}
