package dev.millrace.engine.deadletters;

import dev.millrace.engine.call.CallExecutor;
import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.InProcessExecutor;
import dev.millrace.engine.call.Mailbox;
import dev.millrace.engine.core.Action;
import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.PartitionId;
import dev.millrace.engine.core.Ruling;
import dev.millrace.engine.deadletters.RedriveOutcome.Failures;
import dev.millrace.engine.metrics.FunctionMeters;
import dev.millrace.engine.metrics.Meters;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.plugin.Delivery;
import dev.millrace.plugin.Outgoing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// Sends dead letters home: calls the function with the original records, by the same code as the
/// engine does, one call after the other.
///
/// 1. Dead letters are gathered to batches, and within one ordered as they were read originally.
/// 2. What the call returns is sent. When the cluster has it, the fates are written, and waited for
///    at the end of the batch: a kill repeats, and never loses.
/// 3. A batch that throws is halved, left half first, until the culprits are found.
/// 4. A culprit becomes a new dead letter with one hop more; then the fate of the old one says so.
///    It is called once: what fails again can be redriven again.
///
/// A dry run does the same without sending or writing anything. Not safe for use by several
/// threads.
public final class Redrive implements AutoCloseable {
  /// How long the cluster may take for an acknowledgement.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// The bounds of a call.
  ///
  /// @param batchSize the most records
  /// @param batchBytes the most bytes of keys and values; a single record may be larger
  /// @param deadline the longest it may take
  public record Limits(int batchSize, long batchBytes, Duration deadline) {}

  /// Where fates go.
  ///
  /// @param log the topic
  /// @param by who redrives
  private record Notes(FateLog log, String by) {}

  /// Where records were read originally.
  private record Source(String topic, int partition, String origin) {
    static Source of(DeadLetter letter) {
      return new Source(letter.topic(), letter.partition(), letter.origin());
    }
  }

  /// One original, with its dead letters: several when a kill came between writing one and moving
  /// on. The one with the most hops comes last.
  private record Item(List<StoredLetter> letters, ConsumerRecord<byte[], byte[]> original) {
    StoredLetter last() {
      return letters.getLast();
    }
  }

  private record Culprit(Item item, Failure failure) {}

  /// How a call ended, with everything it sent safe in the cluster.
  private record Ended(
      int done, List<Event.Apart> apart, @Nullable Failure failure, boolean alone) {}

  private final FunctionInvoker invoker;
  private final Limits limits;
  private final Optional<Notes> notes;
  private final Mailbox mailbox = new Mailbox();
  private final FunctionMeters meters;
  private final CallExecutor executor;
  private final Deque<Event<ConsumerRecord<byte[], byte[]>>> events = new ArrayDeque<>();

  private final Map<Source, TreeMap<Long, List<StoredLetter>>> gathered = new LinkedHashMap<>();
  private int records;
  private long bytes;
  private final List<Culprit> culprits = new ArrayList<>();

  private long ids;
  private volatile String origin = "";
  private long redriven;
  private long skipped;
  private long failedAgain;
  private long kept;
  private final Map<String, Failures> failures = new LinkedHashMap<>();
  private Optional<String> stopped = Optional.empty();

  /// A redrive whose outputs and fates are written.
  ///
  /// @param sender takes outputs and new dead letters; stays open
  /// @param log takes the fates; stays open
  /// @param by who redrives
  public Redrive(
      FunctionInvoker invoker, Limits limits, Delivery.Sender sender, FateLog log, String by) {
    this(invoker, limits, sender, Optional.of(new Notes(log, by)));
  }

  private Redrive(
      FunctionInvoker invoker, Limits limits, Delivery.Sender sender, Optional<Notes> notes) {
    this.invoker = invoker;
    this.limits = limits;
    this.notes = notes;
    this.meters = new Meters().function(invoker.definition().name());
    this.executor =
        new InProcessExecutor(
            invoker.definition().name() + "-redrive",
            Thread.ofPlatform(),
            () -> invoker,
            sender,
            mailbox,
            meters,
            topic -> origin,
            limits::deadline);
  }

  /// A redrive that only tells what would come of it.
  public static Redrive dry(FunctionInvoker invoker, Limits limits) {
    return new Redrive(invoker, limits, new Nowhere(), Optional.empty());
  }

  /// Takes outputs and sends none.
  private static final class Nowhere implements Delivery.Sender {
    @Override
    public void send(List<? extends Outgoing> outputs, Delivery.Receipt receipt) {
      outputs.forEach(receipt::acknowledged);
    }

    @Override
    public void close(Duration patience) {}
  }

  /// Takes a dead letter of the function. Calls the function when there are enough of them.
  ///
  /// @return whether to go on
  /// @throws UnavailableException when the cluster does not take what must be sent: what is done
  ///   has its fate, the rest is open
  public boolean add(StoredLetter letter) {
    gathered
        .computeIfAbsent(Source.of(letter.letter()), _ -> new TreeMap<>())
        .computeIfAbsent(letter.letter().offset(), _ -> new ArrayList<>())
        .add(letter);
    records++;
    bytes +=
        Math.max(0, letter.record().serializedKeySize())
            + Math.max(0, letter.record().serializedValueSize());
    if (records >= limits.batchSize() || bytes >= limits.batchBytes()) {
      finish();
    }
    return stopped.isEmpty();
  }

  /// Calls the function with what was added and not called yet.
  ///
  /// @throws UnavailableException as [#add]
  public void finish() {
    Map<Source, TreeMap<Long, List<StoredLetter>>> batch = new LinkedHashMap<>(gathered);
    gathered.clear();
    records = 0;
    bytes = 0;
    try {
      batch.forEach((source, letters) -> {
        run(source, letters.values().stream().map(Redrive::item).toList(), null);
        bury(source);
      });
    } finally {
      notes.ifPresent(all -> all.log.await());
    }
  }

  private static Item item(List<StoredLetter> letters) {
    List<StoredLetter> byHops =
        letters.stream().sorted(Comparator.comparingInt(each -> each.letter().hops())).toList();
    return new Item(byHops, byHops.getLast().original());
  }

  /// Calls the function with these, and with ever fewer of them while that fails.
  ///
  /// @param known why they failed together; null when they have not been called
  /// @return whether none of them failed
  private boolean run(Source source, List<Item> items, @Nullable Failure known) {
    List<Item> rest = items;
    Failure failure = known;
    boolean passed = true;
    while (!rest.isEmpty() && stopped.isEmpty()) {
      if (failure == null || rest.size() == 1) {
        Ended ended = call(source, rest);
        passed &= settle(rest.subList(0, ended.done), ended.apart);
        rest = rest.subList(ended.done, rest.size());
        failure = ended.failure;
        if (failure == null) {
          return passed;
        }
        if (ended.alone || rest.size() == 1) {
          judge(rest.getFirst(), failure);
          passed = false;
          rest = rest.subList(1, rest.size());
          failure = null;
          continue;
        }
      }
      int half = rest.size() / 2;
      boolean left = run(source, rest.subList(0, half), null);
      // When the left half passes, the right one is at fault.
      run(source, rest.subList(half, rest.size()), left ? failure : null);
      return false;
    }
    return passed;
  }

  private boolean settle(List<Item> done, List<Event.Apart> apart) {
    Map<Integer, Failure> failed = new TreeMap<>();
    apart.forEach(each -> failed.put(each.index(), each.failure()));
    for (int i = 0; i < done.size(); i++) {
      Failure failure = failed.get(i);
      if (failure == null) {
        redriven += fate(done.get(i), Fate.Kind.REDRIVEN, "");
      } else {
        judge(done.get(i), failure);
      }
    }
    return apart.isEmpty();
  }

  /// What becomes of a single record that is at fault.
  private void judge(Item item, Failure failure) {
    switch (failure) {
      case Failure.Verdict(Ruling.Skip ruling, Throwable cause) ->
          skipped += fate(item, Fate.Kind.SKIPPED, String.valueOf(cause.getMessage()));
      case Failure.Verdict(Ruling.Stop ruling, Throwable cause) ->
          stop(item, "the function stops at it: " + cause.getMessage());
      case Failure.Defect(Throwable cause) -> stop(item, "a defect of Millrace: " + cause);
      case Failure.Verdict f -> culprits.add(new Culprit(item, failure));
      case Failure.FunctionFailed f -> culprits.add(new Culprit(item, failure));
      case Failure.Overdue f -> culprits.add(new Culprit(item, failure));
      case Failure.Unreadable f -> culprits.add(new Culprit(item, failure));
      case Failure.InvalidOutput f -> culprits.add(new Culprit(item, failure));
      case Failure.Unavailable f -> throw unavailable(f.cause());
      case Failure.Unreachable f -> throw unavailable(f.cause());
      case Failure.DeadLetterRefused f -> throw unavailable(f.cause());
      case Failure.TooManyDeadLetters f -> throw unavailable(f.cause());
    }
  }

  private void stop(Item item, String why) {
    if (stopped.isEmpty()) {
      stopped = Optional.of(item.last().id() + ": " + why);
    }
  }

  /// Notes what became of all dead letters of an original.
  ///
  /// @return how many they are
  private int fate(Item item, Fate.Kind kind, String reason) {
    notes.ifPresent(all ->
        item.letters.forEach(each ->
            all.log.write(
                each.id(),
                new Fate(
                    kind,
                    Instant.now(),
                    all.by,
                    reason,
                    invoker.definition().name(),
                    each.letter().hops(),
                    each.topicId()))));
    return item.letters.size();
  }

  /// Makes new dead letters of what failed in this batch.
  private void bury(Source source) {
    List<Culprit> all = List.copyOf(culprits);
    culprits.clear();
    all.forEach(this::count);
    if (notes.isEmpty()) {
      all.forEach(each -> failedAgain += each.item.letters.size());
    } else if (!all.isEmpty() && !written(source, all)) {
      // One of them was refused, such as for its size: it must not hold the others.
      all.forEach(each -> {
        if (all.size() == 1 || !written(source, List.of(each))) {
          kept += each.item.letters.size();
        }
      });
    }
  }

  private boolean written(Source source, List<Culprit> some) {
    long id = ++ids;
    executor.deadLetters(
        new Action.DeadLetters<>(
            id,
            new PartitionId(source.topic, source.partition),
            some.stream().map(Redrive::letter).toList()));
    if (!delivered(id)) {
      return false;
    }
    some.forEach(each ->
        failedAgain +=
            fate(each.item, Fate.Kind.FAILED_AGAIN, again(each.item, each.failure).error()));
    return true;
  }

  private static Action.Letter<ConsumerRecord<byte[], byte[]>> letter(Culprit culprit) {
    DeadLetter former = culprit.item.last().letter();
    long since = Math.max(0, System.currentTimeMillis() - former.first().toEpochMilli());
    // The record with our headers: what becomes of it knows its hops.
    return new Action.Letter<>(
        culprit.item.last().record(), former.attempts() + 1, 1, since, culprit.failure);
  }

  private DeadLetter again(Item item, Failure failure) {
    return DeadLetter.of(
        invoker.definition(), letter(new Culprit(item, failure)), "", Instant.now());
  }

  private void count(Culprit culprit) {
    DeadLetter letter = again(culprit.item, culprit.failure);
    int count = culprit.item.letters.size();
    failures.merge(
        letter.error() + " " + letter.fingerprint(),
        new Failures(letter.error(), letter.fingerprint(), count, culprit.item.last().id()),
        (one, more) ->
            new Failures(one.error(), one.fingerprint(), one.count() + count, one.example()));
  }

  private Ended call(Source source, List<Item> items) {
    long id = ++ids;
    origin = source.origin;
    executor.start(
        new Action.Call<>(
            id,
            new PartitionId(source.topic, source.partition),
            items.stream().map(Item::original).toList(),
            1,
            false));
    Event<ConsumerRecord<byte[], byte[]>> first = next(id, limits.deadline);
    if (first == null) {
      executor.overdue(id, limits.deadline);
      first = next(id, PATIENCE);
    }
    if (!(first instanceof Event.Returned<ConsumerRecord<byte[], byte[]>> returned)) {
      throw new IllegalStateException("a call returns first, and at its deadline at the latest");
    }
    if (returned.outputs() > 0) {
      Optional<Failure> refused = delivery(id);
      if (refused.isPresent()) {
        return new Ended(0, List.of(), refused.get(), false);
      }
    }
    return new Ended(returned.done(), returned.apart(), returned.failure(), returned.alone());
  }

  /// Waits until the cluster has what was sent under this id; the reason if it refused some of it.
  private Optional<Failure> delivery(long id) {
    return switch (next(id, PATIENCE)) {
      case Event.Delivered<ConsumerRecord<byte[], byte[]>> _ -> Optional.empty();
      case Event.DeliveryFailed<ConsumerRecord<byte[], byte[]>>(
              long _,
              Failure.InvalidOutput failure) ->
          Optional.of(failure);
      case Event.DeliveryFailed<ConsumerRecord<byte[], byte[]>>(long _, Failure failure) ->
          throw unavailable(failure.cause());
      case null ->
          throw unavailable(
              new java.util.concurrent.TimeoutException(
                  "no acknowledgement within " + PATIENCE.toSeconds() + " s"));
      default -> throw new IllegalStateException("what was sent is delivered or not");
    };
  }

  private boolean delivered(long id) {
    return delivery(id).isEmpty();
  }

  /// The next event about this call; null when the time is over. What calls say that were given up
  /// is dropped.
  private @Nullable Event<ConsumerRecord<byte[], byte[]>> next(long id, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Event<ConsumerRecord<byte[], byte[]>> event = events.poll();
      if (event != null) {
        if (isAbout(event, id)) {
          return event;
        }
        continue;
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return null;
      }
      mailbox.await(left);
      if (Thread.currentThread().isInterrupted()) {
        throw unavailable(new InterruptedException("interrupted"));
      }
      events.addAll(mailbox.take());
    }
  }

  private static boolean isAbout(Event<ConsumerRecord<byte[], byte[]>> event, long id) {
    return switch (event) {
      case Event.Returned<ConsumerRecord<byte[], byte[]>> returned -> returned.call() == id;
      case Event.Delivered<ConsumerRecord<byte[], byte[]>>(long sent) -> sent == id;
      case Event.DeliveryFailed<ConsumerRecord<byte[], byte[]>>(long sent, Failure _) -> sent == id;
      default -> false; // An executor tells nothing else.
    };
  }

  private UnavailableException unavailable(Throwable cause) {
    return new UnavailableException(
        new Problem(
            invoker.definition().name(),
            "the cluster did not take the outputs: "
                + (cause.getMessage() == null ? cause : cause.getMessage()),
            "Nothing is lost: look after the cluster and run it again, it goes on where it was"),
        cause);
  }

  /// What has come of it until now.
  public RedriveOutcome outcome() {
    return new RedriveOutcome(
        redriven,
        skipped,
        failedAgain,
        kept,
        new TreeMap<>(meters.outputs()),
        failures.values().stream()
            .sorted(Comparator.comparingLong(Failures::count).reversed())
            .toList(),
        stopped);
  }

  /// Gives up a call that is running.
  @Override
  public void close() {
    executor.close();
  }
}
