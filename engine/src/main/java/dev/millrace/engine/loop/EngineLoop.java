package dev.millrace.engine.loop;

import dev.millrace.engine.call.CallExecutor;
import dev.millrace.engine.call.KafkaPartition;
import dev.millrace.engine.call.Mailbox;
import dev.millrace.engine.core.Action;
import dev.millrace.engine.core.Checkpoint;
import dev.millrace.engine.core.Core;
import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.Limits;
import dev.millrace.engine.core.PartitionId;
import dev.millrace.engine.core.PartitionView;
import dev.millrace.engine.core.Position;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;

/// The loop of one function and consumer slot: a thin shell around the pure [Core]. It alone
/// touches the consumer, and never runs the author's code.
///
/// One [#tick] is:
///
/// 1. **Settle**: take in what workers and acknowledgements brought.
/// 2. **Pause** what the budgets do not let us read, afresh each time.
/// 3. **Poll**, with the rebalance callbacks and commit callbacks inside.
/// 4. **Receive**: hand the records to the core, which answers with calls.
/// 5. **Place** partitions whose position could not be found yet.
///
/// All methods are for the engine thread, but [#stop], [#resume], [#hold], [#limit], [#bound],
/// [#partitions], [#trouble], [#assigned] and [#lastTickMillis].
public final class EngineLoop {
  private static final Duration COMMIT_PATIENCE = Duration.ofSeconds(5);
  private static final long FIRST_WAIT_MILLIS = 200;
  private static final long LONGEST_WAIT_MILLIS = 30_000;

  /// How long an idle loop stays in poll: stops and resumes are seen this late.
  private static final long IDLE_POLL_MILLIS = 100;

  /// While calls are under way the loop waits for them, and polls this often at least. It polls at
  /// most once a millisecond where a poll brings nothing: each costs some ten microseconds on two
  /// threads.
  private static final long LONGEST_BUSY_WAIT_MILLIS = 8;

  /// How old the published state may be: people and metrics look at it, nothing else.
  private static final long PUBLISH_EVERY_MILLIS = 20;

  /// Waits for something in the mailbox, at most so many milliseconds.
  public interface Idle {
    /// Returns early when the mailbox is not empty.
    void await(Mailbox mailbox, long millis);
  }

  private final LoopSettings settings;
  private final Consumer<byte[], byte[]> consumer;
  private final Core<ConsumerRecord<byte[], byte[]>> core;
  private final CallExecutor calls;
  private final Mailbox mailbox;
  private final TopicIdentities identities;
  private final Begun begun;
  private final StartingPositions positions;
  private final LoopListener listener;
  private final LongSupplier clock;
  private final Idle idle;

  private final Map<TopicPartition, PartitionId> ids = new HashMap<>();
  private final Set<TopicPartition> unplaced = new HashSet<>();
  private final Set<TopicPartition> atBound = new HashSet<>();
  private Bounds heeded = Bounds.NONE;
  private Set<PartitionId> pausedByCore = Set.of();
  private boolean pausedByUs;
  private boolean rebalanced;
  private boolean inCallback;
  private long publishedMillis;
  private boolean commitsFail;

  /// Whether the cluster takes as much metadata with an offset as clusters do by default.
  private boolean gapsFit = true;

  private @Nullable KafkaException broken;
  private @Nullable RuntimeException callbackDefect;
  private int placeFailures;
  private long lastPollMillis;
  private long nextPollMillis;
  private long busyWaitMillis = 1;
  private long placeAgainMillis;
  private int pollFailures;
  private String pollTrouble = "";
  private long pollAgainMillis;
  private boolean held;
  private boolean draining;
  private boolean lastCommitted;
  private long drainUntilMillis;

  private volatile Bounds bounds = Bounds.NONE;
  private volatile boolean stopRequested;
  private volatile boolean resumeRequested;
  private volatile boolean holdRequested;
  private volatile String trouble = "";
  private volatile boolean assigned;
  private volatile long lastTickMillis;
  private volatile List<PartitionView> partitions = List.of();

  /// A loop that has not subscribed yet.
  ///
  /// @param topicIds the cluster's id and the topic's with a slash between, as far as they are
  ///   known
  /// @param clock milliseconds that never go back
  /// @param begun what the function's start has fixed
  /// @param idle how to wait; [Mailbox#await] but in simulations
  public EngineLoop(
      LoopSettings settings,
      Consumer<byte[], byte[]> consumer,
      Core<ConsumerRecord<byte[], byte[]>> core,
      CallExecutor calls,
      Mailbox mailbox,
      LoopListener listener,
      UnaryOperator<String> topicIds,
      LongSupplier clock,
      Begun begun,
      Idle idle) {
    this.settings = settings;
    this.consumer = consumer;
    this.core = core;
    this.calls = calls;
    this.mailbox = mailbox;
    this.identities = new TopicIdentities(topicIds);
    this.begun = begun;
    this.positions = new StartingPositions(consumer, settings, begun, identities);
    this.listener = listener;
    this.clock = clock;
    this.idle = idle;
    this.lastTickMillis = clock.getAsLong();
  }

  /// Joins the group. The first ticks bring the partitions.
  public void subscribe() {
    consumer.subscribe(settings.topics(), new Rebalance());
  }

  /// One round. False when the loop was asked to stop and has nothing left to do: then [#close].
  public boolean tick() {
    hold();
    settle();
    if (broken != null) {
      throw broken;
    }
    if (resumeRequested) {
      resumeRequested = false;
      core.partitions().forEach(partition -> step(new Event.Resumed<>(partition)));
    }
    if (stopRequested && !draining) {
      beginDraining();
    }
    if (draining
        && (clock.getAsLong() >= drainUntilMillis
            || (core.settled(core.partitions()) && commitLast()))) {
      return false;
    }
    identities.recreated(settings.topics()).forEach(this::startAgain);
    pause();
    ConsumerRecords<byte[], byte[]> polled = poll();
    // Who was told to pause during a long poll makes no calls with what it brought.
    hold();
    receive(polled);
    place();
    if (clock.getAsLong() - publishedMillis >= PUBLISH_EVERY_MILLIS) {
      publish();
    }
    return true;
  }

  /// Commits what is finished; closing the consumer then leaves the group. Whether everything under
  /// way was finished, and is committed.
  public boolean close() {
    settle();
    boolean drained = core.settled(core.partitions());
    commitLast();
    step(new Event.Removed<>(core.partitions()));
    calls.close();
    publish();
    return drained && lastCommitted;
  }

  /// Forgets everything unfinished, without a commit: the clients broke, or the core did.
  public void abandon() {
    step(new Event.Removed<>(core.partitions()));
  }

  /// Asks the loop to drain and end. From any thread.
  public void stop() {
    stopRequested = true;
  }

  /// Reads no further than this; what was read before stays. From any thread.
  public void bound(Bounds where) {
    bounds = where;
  }

  /// Tries stopped and waiting partitions again now. From any thread.
  public void resume() {
    resumeRequested = true;
  }

  /// Makes no further calls and reads nothing, or does so again. Stays in the group. From any
  /// thread.
  public void hold(boolean held) {
    holdRequested = held;
  }

  /// Other limits hold from now on. From any thread.
  public void limit(Limits limits) {
    mailbox.post(new Event.Limited<>(limits));
  }

  /// Why partitions of this member are not read now, empty while they are. From any thread.
  public String trouble() {
    return trouble;
  }

  /// How the assigned partitions stood a moment ago. From any thread.
  public List<PartitionView> partitions() {
    return partitions;
  }

  /// Whether the group has given this member its share, which may be nothing. From any thread.
  public boolean assigned() {
    return assigned;
  }

  /// When the loop last came round, by its clock. From any thread.
  public long lastTickMillis() {
    return lastTickMillis;
  }

  // 1. Settle

  private void settle() {
    for (Event<ConsumerRecord<byte[], byte[]>> event : mailbox.take()) {
      step(event);
      busyWaitMillis = 1;
    }
    step(new Event.Tick<>());
  }

  /// Nothing else may be taken in between a poll and its records: they would come to a partition
  /// that was told to read elsewhere.
  private void hold() {
    if (holdRequested != held) {
      held = holdRequested;
      step(new Event.Held<>(held));
    }
  }

  private void step(Event<ConsumerRecord<byte[], byte[]>> event) {
    for (Action<ConsumerRecord<byte[], byte[]>> action : core.step(event, clock.getAsLong())) {
      perform(action);
    }
  }

  private void perform(Action<ConsumerRecord<byte[], byte[]>> action) {
    switch (action) {
      case Action.Call<ConsumerRecord<byte[], byte[]>> call -> calls.start(call);
      case Action.Cancel<ConsumerRecord<byte[], byte[]>>(long id) -> calls.cancel(id);
      case Action.Overdue<ConsumerRecord<byte[], byte[]>>(long id, Duration deadline) ->
          calls.overdue(id, deadline);
      case Action.Commit<ConsumerRecord<byte[], byte[]>>(long id, var checkpoints) ->
          commit(id, checkpoints);
      case Action.Seek<ConsumerRecord<byte[], byte[]>>(var partition, var position) ->
          seek(KafkaPartition.of(partition), position);
      case Action.Retrying<ConsumerRecord<byte[], byte[]>> retrying -> retrying(retrying);
      case Action.Stopped<ConsumerRecord<byte[], byte[]>> stopped -> listener.stopped(stopped);
      case Action.Skipped<ConsumerRecord<byte[], byte[]>> skipped -> {
        listener.skipped(skipped);
        notice(skipped.failure());
      }
      case Action.Searching<ConsumerRecord<byte[], byte[]>> searching ->
          listener.searching(searching);
      case Action.DeadLetters<ConsumerRecord<byte[], byte[]>> letters -> {
        listener.deadLetters(letters);
        calls.deadLetters(letters);
      }
    }
  }

  private void retrying(Action.Retrying<ConsumerRecord<byte[], byte[]>> retrying) {
    listener.retrying(retrying);
    notice(retrying.failure());
  }

  /// A producer that failed for good fails every later send too: only a new one helps.
  private void notice(Failure failure) {
    if (failure instanceof Failure.Unavailable(KafkaException cause)
        && !(cause instanceof RetriableException)
        && !(cause instanceof TopicAuthorizationException)) {
      broken = cause;
    }
  }

  private void seek(TopicPartition partition, Position position) {
    consumer.seek(partition, kafka(position));
    atBound.remove(partition);
  }

  private void commit(long id, Map<PartitionId, Checkpoint> checkpoints) {
    if (inCallback) {
      // A commit of its own follows in the callback; the core asks again after it.
      mailbox.post(new Event.CommitFailed<>(id));
      return;
    }
    consumer.commitAsync(
        commit(checkpoints),
        (offsets, exception) -> {
          if (exception == null) {
            commitsFail = false;
            mailbox.post(new Event.Committed<>(id));
          } else {
            commitFailed(exception);
            mailbox.post(new Event.CommitFailed<>(id));
          }
        });
  }

  /// Told once, until one gets through: while the cluster is away every commit fails. That none is
  /// taken while partitions move is how the classic protocol goes.
  private void commitFailed(Exception exception) {
    // What is finished behind the position is called again then.
    gapsFit &= !(exception instanceof OffsetMetadataTooLarge);
    if (!commitsFail && !(exception instanceof RebalanceInProgressException)) {
      commitsFail = true;
      listener.commitFailed(exception);
    }
  }

  /// Whether nothing more can be done about the last commit. The classic protocol takes none while
  /// partitions move between members, and they move in polls.
  private boolean commitLast() {
    try {
      if (!lastCommitted) {
        commitAndWait(core.partitions());
      }
      lastCommitted = true;
      return true;
    } catch (RebalanceInProgressException e) {
      return false;
    } catch (KafkaException e) {
      commitFailed(e);
      return true;
    }
  }

  /// The last word on partitions that leave. A failure costs repeated calls, never a record.
  private void commitAndWait(Collection<PartitionId> partitions) {
    Map<PartitionId, Checkpoint> checkpoints = core.uncommitted(partitions);
    if (!checkpoints.isEmpty()) {
      consumer.commitSync(commit(checkpoints), COMMIT_PATIENCE);
    }
  }

  private void beginDraining() {
    draining = true;
    drainUntilMillis = clock.getAsLong() + settings.drainOnStop().toMillis();
    step(new Event.Draining<>(core.partitions()));
  }

  // 2. Pause

  private void pause() {
    if (heeded != bounds) {
      // Where the others end is found anew: they stand there and read it again.
      heeded = bounds;
      atBound.clear();
    }
    Set<PartitionId> byCore = core.paused();
    boolean ours = !unplaced.isEmpty() || !atBound.isEmpty();
    if (byCore == pausedByCore && !ours && !pausedByUs && !rebalanced) {
      return;
    }
    Set<TopicPartition> wanted = new HashSet<>(unplaced);
    wanted.addAll(atBound);
    byCore.forEach(partition -> wanted.add(KafkaPartition.of(partition)));
    // Pauses of partitions that leave are forgotten by the consumer, so a rebalance voids them all.
    // Only what is ours: partitions that were lost are forgotten by the consumer a little later.
    Set<TopicPartition> resume = new HashSet<>();
    core.partitions().forEach(partition -> resume.add(KafkaPartition.of(partition)));
    resume.retainAll(consumer.paused());
    resume.removeAll(wanted);
    consumer.resume(resume);
    consumer.pause(wanted);
    pausedByCore = byCore;
    pausedByUs = ours;
    rebalanced = false;
  }

  // 3. Poll

  private ConsumerRecords<byte[], byte[]> poll() {
    long now = clock.getAsLong();
    lastTickMillis = now;
    long due = Math.max(0, Math.min(core.nextDueMillis() - now, IDLE_POLL_MILLIS));
    if (now < pollAgainMillis) {
      idle.await(mailbox, Math.min(due, pollAgainMillis - now));
      return ConsumerRecords.empty();
    }
    boolean busy = core.busy() || draining || !mailbox.isEmpty();
    long next = core.hungry() ? nextPollMillis : lastPollMillis + LONGEST_BUSY_WAIT_MILLIS;
    if (busy && now < next) {
      idle.await(mailbox, Math.min(due, next - now));
      return ConsumerRecords.empty();
    }
    try {
      ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofMillis(busy ? 0 : due));
      if (pollFailures > 0) {
        pollFailures = 0;
        listener.available();
      }
      lastPollMillis = now;
      nextPollMillis = now;
      if (polled.isEmpty()) {
        nextPollMillis += busyWaitMillis;
        busyWaitMillis = Math.min(2 * busyWaitMillis, LONGEST_BUSY_WAIT_MILLIS);
      } else {
        busyWaitMillis = 1;
      }
      return polled;
    } catch (LogTruncationException e) {
      goBack(e);
    } catch (OffsetOutOfRangeException e) {
      outOfRange(e);
    } catch (NoOffsetForPartitionException e) {
      unplaced.addAll(e.partitions());
    } catch (RetriableException | TopicAuthorizationException e) {
      // The member lives on. After anything else it may not, without ever saying so again.
      backOff(e);
    } catch (KafkaException e) {
      throw callbackDefect != null ? callbackDefect : e;
    }
    return ConsumerRecords.empty();
  }

  /// Keeps the group membership and everything received; only reading waits.
  private void backOff(KafkaException cause) {
    long wait = wait(pollFailures++);
    pollTrouble = String.valueOf(cause.getMessage());
    pollAgainMillis = clock.getAsLong() + wait;
    listener.unavailable(cause, Duration.ofMillis(wait));
  }

  /// Where a group stands outside the log is ours to decide, never the client's: it would jump to
  /// either end without a word.
  private void outOfRange(OffsetOutOfRangeException e) {
    Map<TopicPartition, Long> beginnings;
    Map<TopicPartition, Long> ends;
    try {
      beginnings = positions.beginnings(e.partitions());
      ends = positions.ends(e.partitions());
    } catch (RetriableException unreachable) {
      backOff(unreachable);
      return;
    }
    e.offsetOutOfRangePartitions()
        .forEach((partition, offset) -> {
          long beginning = beginnings.getOrDefault(partition, 0L);
          if (offset < beginning) {
            listener.expired(partition, offset, beginning);
            Position position = new Position(beginning, Position.NO_EPOCH);
            seek(partition, position);
            step(new Event.Fetched<>(id(partition), List.of(), position));
          } else {
            String why =
                "the group's position %d is not in the log, which goes from %d to %d"
                    .formatted(offset, beginning, ends.getOrDefault(partition, 0L));
            step(
                new Event.Unreachable<>(
                    id(partition), new Failure.Unreachable(new KafkaException(why, e))));
          }
        });
  }

  private void goBack(LogTruncationException e) {
    e.offsetOutOfRangePartitions()
        .forEach((partition, offset) -> {
          OffsetAndMetadata divergent = e.divergentOffsets().get(partition);
          if (divergent == null) {
            step(new Event.Unreachable<>(id(partition), new Failure.Unreachable(e)));
            return;
          }
          listener.truncated(partition, offset, divergent.offset());
          Position parted = StartingPositions.position(divergent);
          Position frontier = core.frontier(id(partition));
          // What was received and is not finished is read again too.
          Position back =
              frontier != null && frontier.offset() < parted.offset() ? frontier : parted;
          seek(partition, back);
          step(new Event.Assigned<>(id(partition), back, null));
        });
  }

  // 4. Receive

  private void receive(ConsumerRecords<byte[], byte[]> polled) {
    polled
        .nextOffsets()
        .forEach((partition, next) -> {
          List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
          long bound = heeded.end(partition, records);
          if (next.offset() <= bound) {
            step(new Event.Fetched<>(id(partition), records, StartingPositions.position(next)));
          } else {
            receiveUpTo(partition, records, next, bound);
          }
        });
  }

  /// What lies behind the bound is left for the next run: the consumer goes back to it.
  private void receiveUpTo(
      TopicPartition partition,
      List<ConsumerRecord<byte[], byte[]>> records,
      OffsetAndMetadata next,
      long bound) {
    Position position = core.position(id(partition));
    if (position.offset() < bound) {
      List<ConsumerRecord<byte[], byte[]>> taken =
          records.stream().filter(one -> one.offset() < bound).toList();
      // Not that of the last record taken: what lies between it and the bound may be a later
      // leader's, and the position would look like one of a log that was cut back.
      position = new Position(bound, next.leaderEpoch().orElse(Position.NO_EPOCH));
      step(new Event.Fetched<>(id(partition), taken, position));
    }
    consumer.seek(partition, kafka(position));
    atBound.add(partition);
  }

  // 5. Place

  private void place() {
    if (!unplaced.isEmpty() && clock.getAsLong() >= placeAgainMillis) {
      unplaced.retainAll(consumer.assignment());
      place(Set.copyOf(unplaced));
    }
  }

  private void place(Collection<TopicPartition> partitions) {
    unplaced.addAll(partitions);
    // Without a position the consumer looks for one itself, and throws from every poll. They are
    // paused: nothing is read here.
    partitions.forEach(partition -> consumer.seek(partition, 0));
    try {
      positions
          .find(partitions)
          .forEach((partition, place) -> {
            seek(partition, place.position());
            step(new Event.Assigned<>(id(partition), place.position(), place.committed()));
            unplaced.remove(partition);
          });
      if (draining) {
        step(new Event.Draining<>(core.partitions()));
      }
      if (unplaced.isEmpty()) {
        placeFailures = 0;
      } else {
        placeLater();
      }
    } catch (RetriableException | TopicAuthorizationException e) {
      listener.unavailable(e, placeLater());
    }
  }

  private Duration placeLater() {
    long wait = wait(placeFailures++);
    placeAgainMillis = clock.getAsLong() + wait;
    return Duration.ofMillis(wait);
  }

  private static long wait(int failures) {
    return Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.min(failures, 10));
  }

  /// The consumer does not always notice that a topic is another one, and reads on in the middle.
  private void startAgain(String topic) {
    listener.recreated(topic);
    begun.recreated(topic);
    List<TopicPartition> partitions =
        consumer.assignment().stream().filter(one -> one.topic().equals(topic)).toList();
    step(new Event.Removed<>(partitions.stream().map(this::id).toList()));
    unplaced.addAll(partitions);
    atBound.removeAll(partitions);
    placeAgainMillis = clock.getAsLong();
  }

  private void publish() {
    publishedMillis = clock.getAsLong();
    partitions = core.view(publishedMillis);
    if (pollFailures > 0) {
      trouble = pollTrouble;
    } else {
      trouble = unplaced.isEmpty() ? "" : "no position can be found in " + unplaced;
    }
  }

  /// Runs inside poll, on the engine thread.
  private final class Rebalance implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      within(() -> {
        rebalanced = true;
        place(partitions);
        // The poll around this may go on to bring records of them.
        pause();
        // In this order: a member with its share and without partitions would look idle.
        publish();
        assigned = true;
      });
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      within(() -> {
        List<PartitionId> leaving = partitions.stream().map(EngineLoop.this::id).toList();
        step(new Event.Draining<>(leaving));
        long until = clock.getAsLong() + settings.drainOnRevoke().toMillis();
        long left = until - clock.getAsLong();
        while (!core.settled(leaving) && left > 0) {
          idle.await(mailbox, Math.min(left, IDLE_POLL_MILLIS));
          settle();
          left = until - clock.getAsLong();
        }
        try {
          commitAndWait(leaving);
        } catch (KafkaException e) {
          commitFailed(e);
        }
        forget(partitions);
      });
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      within(() -> forget(partitions));
    }

    /// The consumer wraps whatever a callback throws, so a mistake of ours would look like Kafka's.
    private void within(Runnable callback) {
      inCallback = true;
      try {
        callback.run();
      } catch (KafkaException e) {
        throw e;
      } catch (RuntimeException e) {
        callbackDefect = e;
        throw e;
      } finally {
        inCallback = false;
      }
    }

    private void forget(Collection<TopicPartition> partitions) {
      rebalanced = true;
      step(new Event.Removed<>(partitions.stream().map(EngineLoop.this::id).toList()));
      unplaced.removeAll(partitions);
      atBound.removeAll(partitions);
    }
  }

  // Kafka's words and the core's

  private PartitionId id(TopicPartition partition) {
    return ids.computeIfAbsent(
        partition, other -> new PartitionId(other.topic(), other.partition()));
  }

  private static OffsetAndMetadata kafka(Position position) {
    return kafka(position, "");
  }

  private static OffsetAndMetadata kafka(Position position, String metadata) {
    return new OffsetAndMetadata(
        position.offset(),
        position.leaderEpoch() == Position.NO_EPOCH
            ? Optional.empty()
            : Optional.of(position.leaderEpoch()),
        metadata);
  }

  private Map<TopicPartition, OffsetAndMetadata> commit(Map<PartitionId, Checkpoint> checkpoints) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    checkpoints.forEach((partition, checkpoint) ->
        offsets.put(
            KafkaPartition.of(partition),
            kafka(
                checkpoint.position(),
                positions.note(
                    partition.topic(),
                    gapsFit ? checkpoint : new Checkpoint(checkpoint.position())))));
    return offsets;
  }
}
