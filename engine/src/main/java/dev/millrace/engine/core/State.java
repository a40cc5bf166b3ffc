package dev.millrace.engine.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// What the parts of a [Core] share: the assigned partitions, what is under way, and how much of
/// everything there is.
final class State<R> {
  final RecordView<R> view;
  final RandomGenerator random;
  final Map<PartitionId, Partition<R>> partitions = new LinkedHashMap<>();
  final List<Partition<R>> rotation = new ArrayList<>();

  /// What is being called or delivered, by its id.
  final Map<Long, Group<R>> groups = new HashMap<>();

  final DeadLetterCount deadLetters = new DeadLetterCount();

  Limits limits;
  int callsInFlight;
  int outstandingRecords;
  long outstandingBytes;
  long outputBytes;
  int uncommittedRecords;
  boolean full;
  boolean held;
  private long lastId;
  private List<Action<R>> actions = new ArrayList<>();

  State(Limits limits, RecordView<R> view, RandomGenerator random) {
    this.limits = limits;
    this.view = view;
    this.random = random;
  }

  long nextId() {
    return ++lastId;
  }

  void act(Action<R> action) {
    actions.add(action);
  }

  List<Action<R>> takeActions() {
    if (actions.isEmpty()) {
      return List.of();
    }
    List<Action<R>> taken = actions;
    actions = new ArrayList<>();
    return taken;
  }

  /// Whether records are committed before they are called.
  boolean atMostOnce() {
    return limits.guarantee() == Guarantee.AT_MOST_ONCE;
  }

  /// Finished and uncommitted records are what a crash repeats, so calls wait for the commit.
  boolean mayCall() {
    return !held
        && callsInFlight < limits.concurrency()
        && uncommittedRecords < limits.commitRecords()
        && outputBytes < limits.outputBytes();
  }

  /// Records are no longer kept: they are finished, or given back.
  void release(int records, long bytes) {
    outstandingRecords -= records;
    outstandingBytes -= bytes;
  }

  /// Something is called or delivered from now on.
  void begin(Group<R> group) {
    groups.put(group.id, group);
    group.partition.underWay++;
  }

  /// It is over, however it went.
  void end(Group<R> group) {
    if (groups.remove(group.id) != null) {
      group.partition.underWay--;
    }
  }

  /// The outputs of a call are there, or no longer wanted.
  void releaseOutputs(Group<R> group) {
    outputBytes -= group.outputBytes;
    outstandingBytes -= group.outputBytes;
    group.partition.bytes -= group.outputBytes;
    group.outputBytes = 0;
  }

  /// Nothing is wanted of it any more: cancels a call, forgets a delivery.
  void leave(Group<R> group) {
    if (group.calling()) {
      callsInFlight--;
      if (!group.abandoned) {
        act(new Action.Cancel<>(group.id));
      }
    }
    releaseOutputs(group);
    end(group);
  }

  /// Takes a piece out of what is waited for; what was told together with it goes on.
  void leave(Work<R> piece) {
    Group<R> group = piece.group;
    if (group != null) {
      piece.group = null;
      if (group.parts.size() == 1) {
        leave(group);
      }
      group.parts.remove(piece);
    }
  }
}
