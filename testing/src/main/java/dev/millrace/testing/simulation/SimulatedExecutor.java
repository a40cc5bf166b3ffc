package dev.millrace.testing.simulation;

import dev.millrace.engine.call.CallExecutor;
import dev.millrace.engine.call.CallReceipt;
import dev.millrace.engine.call.CallResult;
import dev.millrace.engine.call.DirectSender;
import dev.millrace.engine.call.KafkaPartition;
import dev.millrace.engine.call.Mailbox;
import dev.millrace.engine.call.OutgoingRecord;
import dev.millrace.engine.core.Action;
import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.Gaps;
import dev.millrace.engine.core.PartitionId;
import dev.millrace.engine.core.Position;
import dev.millrace.engine.core.Ruling;
import dev.millrace.engine.loop.Bounds;
import dev.millrace.testing.simulation.Script.Trouble;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Plays the author's function in virtual time, as its [Script] says, and delivers what it returns
/// as the engine's own executors do.
final class SimulatedExecutor implements CallExecutor {
  private static final class Running {
    final Action.Call<ConsumerRecord<byte[], byte[]>> call;
    boolean cancelled;

    /// How far it comes when it hangs; null if it does not.
    @Nullable CallResult hangs;

    Running(Action.Call<ConsumerRecord<byte[], byte[]>> call) {
      this.call = call;
    }
  }

  private static final Comparator<PartitionId> ORDER =
      Comparator.comparing(PartitionId::topic).thenComparing(PartitionId::number);

  private final String name;
  private final EngineSimulation simulation;
  private final World world;
  private final Script script;
  private final Ledger ledger;
  private final DirectSender sender;
  private final Mailbox mailbox;
  private final boolean oneByOne;
  private Bounds bounds;
  private final double slow;
  private final long slowest;
  private final int tooLarge;
  private final Map<Long, Running> running = new HashMap<>();
  private final Map<PartitionId, TreeSet<Long>> finished = new TreeMap<>(ORDER);
  private boolean gone;

  /// @param bounds nothing at or behind it may be called, as it was known before the first record
  /// @param oneByOne whether records are finished one by one, or a call as a whole
  /// @param slow how many calls are slow, from 0 to 1
  /// @param slowest milliseconds of a slow call
  /// @param tooLarge bytes of a record that the producer refuses
  SimulatedExecutor(
      String name,
      EngineSimulation simulation,
      World world,
      Script script,
      Ledger ledger,
      Producer<byte[], byte[]> producer,
      Mailbox mailbox,
      Bounds bounds,
      boolean oneByOne,
      double slow,
      long slowest,
      int tooLarge) {
    this.name = name;
    this.simulation = simulation;
    this.world = world;
    this.script = script;
    this.ledger = ledger;
    this.sender = new DirectSender(producer);
    this.mailbox = mailbox;
    this.bounds = bounds;
    this.oneByOne = oneByOne;
    this.slow = slow;
    this.slowest = slowest;
    this.tooLarge = tooLarge;
  }

  static String id(ConsumerRecord<byte[], byte[]> input) {
    byte @Nullable [] value = input.value();
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }

  @Override
  public void start(Action.Call<ConsumerRecord<byte[], byte[]>> call) {
    call.records().forEach(this::checkBound);
    call.records().forEach(record -> simulation.calls(this, record));
    Running started = new Running(call);
    running.put(call.id(), started);
    CallResult result = play(started);
    if (world.story().told()) {
      world.tell(
          name,
          "call %d: %s @ %d..%d, attempt %d%s",
          call.id(),
          call.partition(),
          call.records().getFirst().offset(),
          call.records().getLast().offset(),
          call.attempt(),
          started.hangs == null ? "" : ", hangs");
    }
    if (started.hangs == null) {
      world.in(
          world.chance(slow) ? world.between(0, slowest) : world.between(0, 4),
          () -> end(started, result));
    }
  }

  private void checkBound(ConsumerRecord<byte[], byte[]> record) {
    Long offset = bounds.offsets().get(new TopicPartition(record.topic(), record.partition()));
    if (offset == null ? record.timestamp() >= bounds.millis() : record.offset() >= offset) {
      throw new AssertionError(name + " is called with " + record + " behind " + bounds);
    }
  }

  /// The bound moves: what was received before may still be called.
  void unbounded() {
    bounds = Bounds.NONE;
  }

  /// What the function will return, should it be let.
  private CallResult play(Running started) {
    List<ConsumerRecord<byte[], byte[]>> records = started.call.records();
    List<OutgoingRecord> outputs = new ArrayList<>();
    List<Event.Apart> apart = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      String id = id(records.get(i));
      Trouble trouble = script.strike(id);
      Failure failure = failure(trouble, id);
      switch (trouble) {
        case HANGS -> {
          CallResult soFar =
              oneByOne
                  ? new CallResult(i, apart, outputs, 0, failure, true)
                  : new CallResult(0, List.of(), 0, failure);
          started.hangs = soFar;
          return soFar;
        }
        case THROWS, POISON -> {
          return oneByOne
              ? new CallResult(i, apart, outputs, 0, failure, true)
              : new CallResult(0, List.of(), 0, failure);
        }
        case UNREADABLE -> {
          if (started.call.upToUnreadable()) {
            return new CallResult(i, apart, outputs, 0, failure, true);
          }
          apart.add(new Event.Apart(i, failure));
        }
        case AGAIN, HALTED -> {
          if (oneByOne) {
            return new CallResult(i, apart, outputs, 0, failure, true);
          }
          apart.add(new Event.Apart(i, failure));
        }
        case SKIPPED, REJECTED -> apart.add(new Event.Apart(i, failure));
        case NONE, TOO_LARGE -> {
          for (int number = 0; number < script.outputs(id); number++) {
            boolean refused = trouble == Trouble.TOO_LARGE && number == 0;
            outputs.add(
                output(records.get(i), refused ? new byte[tooLarge] : Ledger.output(id, number)));
          }
        }
      }
    }
    return new CallResult(records.size(), apart, outputs, 0, null, false);
  }

  private static Failure failure(Trouble trouble, String id) {
    Exception said = new IllegalArgumentException(id);
    return switch (trouble) {
      case UNREADABLE -> new Failure.Unreadable(said);
      case AGAIN -> new Failure.Verdict(new Ruling.Retry(20), said);
      case HALTED -> new Failure.Verdict(new Ruling.Stop(), said);
      case SKIPPED -> new Failure.Verdict(new Ruling.Skip(), said);
      case REJECTED -> new Failure.Verdict(new Ruling.DeadLetter(), said);
      case NONE, TOO_LARGE, HANGS, THROWS, POISON -> new Failure.FunctionFailed(said);
    };
  }

  private static OutgoingRecord output(ConsumerRecord<byte[], byte[]> input, byte[] value) {
    return new OutgoingRecord(EngineSimulation.OUTPUT, input.key(), value, List.of());
  }

  private void end(Running ended, CallResult result) {
    if (gone || running.remove(ended.call.id()) == null) {
      return;
    }
    if (ended.cancelled) {
      CallReceipt.send(
          ended.call.id(),
          new CallResult(
              0, List.of(), 0, new Failure.FunctionFailed(new CancellationException("cancelled"))),
          sender,
          mailbox);
      return;
    }
    finish(ended, result);
  }

  private void finish(Running ended, CallResult result) {
    Set<Integer> apart = new HashSet<>();
    result.apart().forEach(one -> apart.add(one.index()));
    for (int i = 0; i < result.done(); i++) {
      ConsumerRecord<byte[], byte[]> input = ended.call.records().get(i);
      if (apart.contains(i)) {
        continue;
      }
      ledger.called(id(input));
      finished
          .computeIfAbsent(ended.call.partition(), unseen -> new TreeSet<>())
          .add(input.offset());
    }
    CallReceipt.send(ended.call.id(), result, sender, mailbox);
  }

  @Override
  public void deadLetters(Action.DeadLetters<ConsumerRecord<byte[], byte[]>> letters) {
    List<OutgoingRecord> records =
        letters.letters().stream()
            .map(Action.Letter::record)
            .map(record ->
                new OutgoingRecord(EngineSimulation.DEAD, record.key(), record.value(), List.of()))
            .toList();
    world.tell(
        name,
        "dead letters %d: %s @ %s",
        letters.id(),
        letters.partition(),
        letters.letters().stream().map(letter -> letter.record().offset()).toList());
    world.in(
        world.between(0, 4),
        () -> {
          if (!gone) {
            CallReceipt.sendLetters(letters.id(), records, sender, mailbox);
          }
        });
  }

  @Override
  public void cancel(long id) {
    Running cancelled = running.get(id);
    if (cancelled == null || cancelled.cancelled) {
      return;
    }
    cancelled.cancelled = true;
    world.tell(name, "call %d cancelled", id);
    // Some do not even listen to that.
    if (cancelled.hangs != null && world.chance(0.7)) {
      world.in(world.between(0, 100), () -> end(cancelled, new CallResult(0, List.of(), 0, null)));
    }
  }

  @Override
  public void overdue(long id, Duration deadline) {
    Running hanging = running.remove(id);
    if (hanging == null) {
      return;
    }
    world.tell(name, "call %d takes too long", id);
    CallResult soFar =
        hanging.hangs == null ? new CallResult(0, List.of(), 0, null) : hanging.hangs;
    finish(
        hanging,
        new CallResult(
            soFar.done(), soFar.apart(), soFar.outputs(), 0, Failure.overdue(deadline), oneByOne));
  }

  @Override
  public void close() {
    List.copyOf(running.keySet()).forEach(this::cancel);
  }

  /// The process is dead: nothing is heard of its calls.
  void crash() {
    gone = true;
  }

  /// What it finished from this offset on was lost.
  void forget(PartitionId partition, long from) {
    TreeSet<Long> offsets = finished.get(partition);
    if (offsets != null) {
      offsets.tailSet(from).clear();
    }
  }

  /// How many records would be called again if the process died now.
  ///
  /// @param owned the partitions it works on; what it finished of others is forgotten
  int uncommitted(Collection<PartitionId> owned, Map<TopicPartition, OffsetAndMetadata> committed) {
    finished.keySet().retainAll(owned);
    int records = 0;
    for (Map.Entry<PartitionId, TreeSet<Long>> entry : finished.entrySet()) {
      PartitionId partition = entry.getKey();
      OffsetAndMetadata commit = committed.get(KafkaPartition.of(partition));
      if (commit != null) {
        entry.getValue().headSet(commit.offset()).clear();
        Gaps gaps = simulation.gaps(KafkaPartition.of(partition), commit);
        entry.getValue().removeIf(offset -> gaps.isFinished(offset, Position.NO_EPOCH));
      }
      records += entry.getValue().size();
    }
    return records;
  }
}
