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
  record Assigned<R>(PartitionId partition, Position position, @Nullable Position committed)
      implements Event<R> {}

  /// A poll brought these records of a partition, possibly none, and stands at `next`.
  record Fetched<R>(PartitionId partition, List<R> records, Position next) implements Event<R> {}

  /// A call ended. Its first `done` records are finished as soon as their `outputs` are
  /// acknowledged; the rest failed.
  ///
  /// @param call the id of [Action.Call]
  /// @param done how many of its records need no further call
  /// @param outputs how many records are on their way to the broker; [Delivered] follows unless 0
  /// @param outputBytes their size
  /// @param failure what happened to the record after the finished ones, null if none is left
  record Returned<R>(long call, int done, int outputs, long outputBytes, @Nullable Failure failure)
      implements Event<R> {}

  /// The cluster has all outputs of a call.
  record Delivered<R>(long call) implements Event<R> {}

  /// The cluster did not take an output of a call.
  record DeliveryFailed<R>(long call, Failure failure) implements Event<R> {}

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
