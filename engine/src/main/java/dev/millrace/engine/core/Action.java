package dev.millrace.engine.core;

import java.time.Duration;
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
  /// @param records at least one; those that must keep their order are in it
  /// @param attempt 1 for the first call with the first record
  /// @param upToUnreadable whether to call only those before the first that cannot be decoded; else
  ///   such records are left out
  record Call<R>(
      long id, PartitionId partition, List<R> records, int attempt, boolean upToUnreadable)
      implements Action<R> {}

  /// Cancel a call; its outputs must not be sent.
  record Cancel<R>(long id) implements Action<R> {}

  /// End a call that takes too long: [Event.Returned] follows at once, with what it has dealt with
  /// so far and [Failure.Overdue], and nothing else of it is wanted, however long it goes on.
  record Overdue<R>(long id, Duration deadline) implements Action<R> {}

  /// Commit this without waiting. No other commit is in flight.
  record Commit<R>(long id, Map<PartitionId, Checkpoint> checkpoints) implements Action<R> {}

  /// Read a partition again from this position.
  record Seek<R>(PartitionId partition, Position position) implements Action<R> {}

  /// Write dead letters; [Event.Delivered] or [Event.DeliveryFailed] follows.
  ///
  /// @param id names them in later events; never used twice, and no call's
  /// @param letters at least one, of one partition, in their order
  record DeadLetters<R>(long id, PartitionId partition, List<Letter<R>> letters)
      implements Action<R> {}

  /// A record that becomes a dead letter.
  ///
  /// @param attempts how many calls were made with it
  /// @param calls how many calls it took to find it among those it came with, all of its own
  ///   included; 1 where it was known at once
  /// @param sinceMillis how long ago it failed first
  record Letter<R>(R record, int attempts, int calls, long sinceMillis, Failure failure) {}

  /// Tell people that a record was passed over, by the author's word or by the policy.
  ///
  /// @param attempts how many calls were made with it
  record Skipped<R>(PartitionId partition, Position position, int attempts, Failure failure)
      implements Action<R> {}

  /// Tell people that a batch failed whose culprit is looked for by calling its parts.
  ///
  /// @param records how many it has
  /// @param half whether it is itself a part of one that failed
  record Searching<R>(
      PartitionId partition, Position first, int records, Failure failure, boolean half)
      implements Action<R> {}

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
