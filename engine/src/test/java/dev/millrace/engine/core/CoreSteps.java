package dev.millrace.engine.core;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// A core whose test plays the rest of the engine, step by step. What must hold is checked after
/// each.
abstract class CoreSteps {
  static final PartitionId P0 = new PartitionId("orders", 0);
  static final PartitionId P1 = new PartitionId("orders", 1);
  static final Failure THROWN = new Failure.FunctionFailed(new IllegalStateException());
  static final Failure INVALID = new Failure.InvalidOutput(new IllegalStateException());
  static final Failure AWAY = new Failure.Unavailable(new IllegalStateException());

  Core<Received> core;
  long now;

  CoreSteps(Limits limits) {
    core = core(limits);
  }

  static Core<Received> core(Limits limits) {
    return new Core<>(limits, Received.VIEW, new SplittableRandom(1));
  }

  @AfterEach
  void invariantsHold() {
    core.checkInvariants();
  }

  List<Action<Received>> step(Event<Received> event) {
    List<Action<Received>> actions = core.step(event, now);
    core.checkInvariants();
    return actions;
  }

  /// The calls that are made after so many milliseconds.
  List<Action.Call<Received>> callsAfter(long millis) {
    now += millis;
    return calls(step(new Event.Tick<>()));
  }

  /// From a position that is committed.
  List<Action<Received>> assign(PartitionId partition, long offset) {
    return assign(partition, offset, Gaps.NONE);
  }

  List<Action<Received>> assign(PartitionId partition, long offset, Gaps gaps) {
    Position position = new Position(offset, Position.NO_EPOCH);
    return step(new Event.Assigned<>(partition, position, new Checkpoint(position, gaps)));
  }

  List<Action<Received>> fetch(PartitionId partition, long from, int count) {
    return fetched(partition, records(from, count));
  }

  /// Records of these keys, each a letter; `-` for none.
  List<Action<Received>> fetchKeys(PartitionId partition, long from, String keys) {
    List<Received> records = new ArrayList<>();
    for (int i = 0; i < keys.length(); i++) {
      String key = keys.substring(i, i + 1);
      records.add(new Received(from + i, key.equals("-") ? null : key, 7));
    }
    return fetched(partition, records);
  }

  List<Action<Received>> fetched(PartitionId partition, List<Received> records) {
    long next = records.getLast().offset() + 1;
    return step(new Event.Fetched<>(partition, records, new Position(next, 9)));
  }

  static List<Received> records(long from, int count) {
    return LongStream.range(from, from + count).mapToObj(Received::new).toList();
  }

  List<Action<Received>> returned(
      Action.Call<Received> call, int done, int outputs, @Nullable Failure failure) {
    return step(new Event.Returned<>(call.id(), done, outputs, outputs * 5L, failure));
  }

  /// All of a call is done, without outputs.
  List<Action<Received>> returned(Action.Call<Received> call) {
    return returned(call, call.records().size(), 0, null);
  }

  /// The fault of the first record that is not done alone.
  List<Action<Received>> returnedAlone(
      Action.Call<Received> call, int done, int outputs, Failure failure) {
    return step(
        new Event.Returned<>(call.id(), done, List.of(), outputs, outputs * 5L, failure, true));
  }

  Position frontier(PartitionId partition) {
    return partition(partition).frontier();
  }

  static Checkpoint at(long offset, int epoch) {
    return new Checkpoint(new Position(offset, epoch));
  }

  PartitionView partition(PartitionId partition) {
    return core.view(now).stream()
        .filter(one -> one.partition().equals(partition))
        .findFirst()
        .orElseThrow();
  }

  static List<Long> offsets(Action.Call<Received> call) {
    return call.records().stream().map(Received::offset).toList();
  }

  static List<Action.Call<Received>> calls(List<Action<Received>> actions) {
    List<Action.Call<Received>> calls = new ArrayList<>();
    for (Action<Received> action : actions) {
      if (action instanceof Action.Call<Received> call) {
        calls.add(call);
      }
    }
    return calls;
  }

  static List<Action.Commit<Received>> commits(List<Action<Received>> actions) {
    List<Action.Commit<Received>> commits = new ArrayList<>();
    for (Action<Received> action : actions) {
      if (action instanceof Action.Commit<Received> commit) {
        commits.add(commit);
      }
    }
    return commits;
  }
}
