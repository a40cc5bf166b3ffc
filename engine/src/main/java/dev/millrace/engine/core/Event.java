package dev.millrace.engine.core;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What happened outside the core.
///
/// @param <R> the record
public sealed interface Event<R> {
  /// A partition is ours, and the consumer reads on from `position`. `committed` is what the group
  /// had committed, if anything.
  record Assigned<R>(PartitionId partition, Position position, @Nullable Checkpoint committed)
      implements Event<R> {}

  /// A poll brought these records of a partition, possibly none, and stands at `next`.
  record Fetched<R>(PartitionId partition, List<R> records, Position next) implements Event<R> {}

  /// A call ended. Of its first `done` records each is finished as soon as the `outputs` are
  /// acknowledged, but for those with a failure of their own; then one failed, or the rest did.
  ///
  /// @param call the id of [Action.Call]
  /// @param done how many of its records the function has dealt with
  /// @param apart those of them that are not simply finished, in their order
  /// @param outputs how many records are on their way to the broker; [Delivered] follows unless 0.
  ///   None when no record is simply finished
  /// @param outputBytes their size
  /// @param failure what happened after the `done` ones, null if none is left, or the rest was not
  ///   called
  /// @param alone whether that is the fault of the next record alone, and those behind it were not
  ///   called; else of any of the rest
  record Returned<R>(
      long call,
      int done,
      List<Apart> apart,
      int outputs,
      long outputBytes,
      @Nullable Failure failure,
      boolean alone)
      implements Event<R> {
    /// Without a record that stands apart.
    public Returned(long call, int done, int outputs, long outputBytes, @Nullable Failure failure) {
      this(call, done, List.of(), outputs, outputBytes, failure, false);
    }
  }

  /// A record of a call that is not finished as the others are.
  ///
  /// @param index its place in the call, from 0
  /// @param failure what is the matter with it
  record Apart(int index, Failure failure) {}

  /// The cluster has all outputs of a call, or all of some dead letters.
  ///
  /// @param id of [Action.Call] or [Action.DeadLetters]
  record Delivered<R>(long id) implements Event<R> {}

  /// The cluster did not take an output of a call, or a dead letter.
  ///
  /// @param id of [Action.Call] or [Action.DeadLetters]
  record DeliveryFailed<R>(long id, Failure failure) implements Event<R> {}

  /// The cluster has taken a commit.
  record Committed<R>(long commit) implements Event<R> {}

  /// A commit failed, or nobody knows.
  record CommitFailed<R>(long commit) implements Event<R> {}

  /// No further calls for these partitions: they are about to leave.
  record Draining<R>(Collection<PartitionId> partitions) implements Event<R> {}

  /// These partitions are no longer ours.
  record Removed<R>(Collection<PartitionId> partitions) implements Event<R> {}

  /// The partition cannot be read on from where it stands.
  record Unreachable<R>(PartitionId partition, Failure failure) implements Event<R> {}

  /// Somebody asks to try a stopped or waiting partition again now.
  record Resumed<R>(PartitionId partition) implements Event<R> {}

  /// Somebody asks for no further calls, or for calls again. Partitions that come later are held
  /// too.
  record Held<R>(boolean held) implements Event<R> {}

  /// Other limits hold from now on. What is under way goes on as it began; the caps on what is
  /// outstanding, which say how much memory there is, must be the same.
  record Limited<R>(Limits limits) implements Event<R> {}

  /// Time has passed.
  record Tick<R>() implements Event<R> {}
}
