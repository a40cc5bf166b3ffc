package dev.millrace.engine;

import dev.millrace.OnError;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.InProcessExecutor;
import dev.millrace.engine.core.Guarantee;
import dev.millrace.engine.core.Limits;
import dev.millrace.engine.core.Ordering;
import dev.millrace.engine.core.PartitionView;
import dev.millrace.engine.core.Policy;
import dev.millrace.engine.kafka.ClusterFeatures;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.loop.Bounds;
import dev.millrace.engine.loop.LoopSettings;
import dev.millrace.engine.metrics.FunctionMeters;
import dev.millrace.engine.settings.EngineSettings;
import dev.millrace.engine.settings.FailureSettings;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.RetrySettings;
import dev.millrace.plugin.Delivery;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;

/// A function of this process: its members of the group and how they stand. Thread-safe.
public final class FunctionRun {
  private final EngineSettings engine;
  private final String group;
  private final KafkaClients clients;
  private final ClusterFeatures features;
  private final Delivery delivery;
  private final FunctionMeters meters;
  private final ClusterProbe probe;
  private final RunListener listener;
  private final List<Slot> slots = new CopyOnWriteArrayList<>();

  /// Members that were one too many and finish what they began.
  private final List<Slot> leaving = new CopyOnWriteArrayList<>();

  private volatile FunctionInvoker code;
  private volatile FunctionSettings settings;
  private volatile boolean paused;
  private boolean started;
  private boolean stopped;
  private int members;
  private Bounds bounds = Bounds.NONE;

  FunctionRun(
      FunctionInvoker code,
      FunctionSettings settings,
      EngineSettings engine,
      String group,
      KafkaClients clients,
      ClusterFeatures features,
      Delivery delivery,
      FunctionMeters meters,
      ClusterProbe probe) {
    this.code = code;
    this.settings = settings;
    this.engine = engine;
    this.group = group;
    this.clients = clients;
    this.features = features;
    this.delivery = delivery;
    this.meters = meters;
    this.probe = probe;
    this.listener = new RunListener(code.definition().name(), this::definition, meters);
    change(settings);
    meters.gauge("millrace.lag.records", "Records behind the frontier", "", () -> lag());
    meters.gauge(
        "millrace.lag.time",
        "Age of the oldest unfinished record",
        "seconds",
        () -> status().lagTime().toMillis() / 1000.0);
    meters.gauge(
        "millrace.partitions.assigned",
        "Partitions of this process",
        "",
        () -> partitions().size());
    meters.gauge(
        "millrace.partitions.stopped",
        "Partitions that stopped at a record",
        "",
        () -> status().stopped().size());
    meters.gauge(
        "millrace.outstanding.records",
        "Records received and not finished",
        "",
        () -> partitions().stream().mapToInt(PartitionView::records).sum());
    meters.gauge(
        "millrace.outstanding",
        "Bytes of records received and not finished, and of their outputs",
        "bytes",
        () -> partitions().stream().mapToLong(PartitionView::bytes).sum());
  }

  private Slot member(Limits limits) {
    FunctionDefinition definition = definition();
    // Never a name twice: one that leaves may still be there.
    String name = definition.name() + "-" + members++;
    Slot slot =
        new Slot(
            name,
            new LoopSettings(
                definition().topics(),
                settings.start(),
                engine.drainOnRevoke(),
                engine.drainOnStop()),
            limits,
            () ->
                clients.member(
                    group, name, features, clients.pollRecords(engine.outstandingRecords())),
            () -> delivery.open(clients.connection()),
            (sender, mailbox) ->
                new InProcessExecutor(
                    name,
                    settings.calls().virtual() ? Thread.ofVirtual() : Thread.ofPlatform(),
                    () -> code,
                    sender,
                    mailbox,
                    meters,
                    probe::origin,
                    () -> settings.deadline()),
            listener,
            probe::origin);
    slot.bound(bounds);
    slot.hold(paused);
    return slot;
  }

  /// @param slot which of the members, from 0
  private Limits limits(int slot, FunctionSettings settings) {
    RetrySettings retry = settings.retry();
    int consumers = settings.consumers();
    int all = settings.mostCalls();
    int concurrency = all / consumers + (slot < all % consumers ? 1 : 0);
    return new Limits(
        settings.callSize(definition().input().batch()),
        settings.batchBytes(),
        settings.batchWait().toMillis(),
        concurrency,
        settings.deadline().toMillis(),
        engine.outstandingRecords(),
        engine.outstandingBytes(),
        clients.producerMemory() / 2,
        clients.pollRecords(engine.outstandingRecords()),
        engine.commitInterval().toMillis(),
        engine.commitRecords(),
        ordering(settings.calls().ordering()),
        guarantee(settings.calls().guarantee()),
        new Limits.Retry(
            retry.retries(),
            retry.delay().toMillis(),
            retry.maxDelay().toMillis(),
            RetrySettings.JITTER),
        policy(settings.failure()));
  }

  private static Ordering ordering(dev.millrace.Ordering ordering) {
    return switch (ordering) {
      case PARTITION -> Ordering.PARTITION;
      case KEY -> Ordering.KEY;
      case NONE -> Ordering.NONE;
    };
  }

  private static Guarantee guarantee(dev.millrace.Guarantee guarantee) {
    return switch (guarantee) {
      case AT_LEAST_ONCE -> Guarantee.AT_LEAST_ONCE;
      case AT_MOST_ONCE -> Guarantee.AT_MOST_ONCE;
    };
  }

  private static Policy policy(FailureSettings failure) {
    return new Policy(
        then(failure.then()),
        failure.byClass().stream()
            .map(rule ->
                new Policy.ByClass(rule.exception(), rule.retries().orElse(-1), then(rule.then())))
            .toList(),
        then(failure.unreadable()),
        failure.maxAge().toMillis(),
        failure.inARow(),
        failure.percent() / 100.0);
  }

  private static Policy.Then then(OnError action) {
    return switch (action) {
      case STOP -> Policy.Then.STOP;
      case DEAD_LETTER -> Policy.Then.DEAD_LETTER;
      case SKIP -> Policy.Then.SKIP;
    };
  }

  /// Whether records are committed before they are called.
  boolean commitsFirst() {
    return settings.calls().guarantee() == dev.millrace.Guarantee.AT_MOST_ONCE;
  }

  /// Joins the group and goes to work, unless it did so before.
  public synchronized void start() {
    if (!started && !stopped) {
      started = true;
      slots.forEach(Slot::start);
    }
  }

  /// What the author declared, in the code that is called now.
  public FunctionDefinition definition() {
    return code.definition();
  }

  /// The settings that hold now.
  public FunctionSettings settings() {
    return settings;
  }

  /// The consumer group it reads in.
  public String group() {
    return group;
  }

  /// Its meters.
  public FunctionMeters meters() {
    return meters;
  }

  /// Calls this code from the next call on, and tries stopped and waiting partitions again. Calls
  /// under way end with the former one: close it when [#calls] says that none is left.
  ///
  /// @param replacement of the same name and topics; its outputs may be others
  public synchronized void replace(FunctionInvoker replacement) {
    FunctionDefinition wanted = replacement.definition();
    if (!wanted.name().equals(definition().name())
        || !wanted.topics().equals(definition().topics())) {
      throw new IllegalArgumentException(
          "%s of %s cannot replace %s of %s"
              .formatted(
                  wanted.name(), wanted.topics(), definition().name(), definition().topics()));
    }
    code = replacement;
    // Whether it takes lists decides how much a call gets.
    change(settings);
    retry();
  }

  /// Tries stopped and waiting partitions again now, as often as at first.
  public synchronized void retry() {
    slots.forEach(Slot::resume);
  }

  /// Whether a call of this code is under way.
  public boolean calls(FunctionInvoker one) {
    return allSlots().stream().anyMatch(slot -> slot.calls(one));
  }

  /// Takes other settings while it runs: batches, retries, deadline and concurrency from the next
  /// call on, members join or finish and leave. `start` means nothing to a group that has begun,
  /// and [FunctionSettings#calls] stays what it was: members of two orders or guarantees could not
  /// tell what the other has done.
  public synchronized void change(FunctionSettings changed) {
    FunctionSettings wanted = changed.withCalls(settings.calls());
    List<Limits> limits =
        IntStream.range(0, wanted.consumers()).mapToObj(i -> limits(i, wanted)).toList();
    settings = wanted;
    if (stopped) {
      return;
    }
    leaving.removeIf(Slot::isOver);
    while (slots.size() > wanted.consumers()) {
      Slot last = slots.removeLast();
      leaving.add(last);
      last.stop();
    }
    for (int i = 0; i < slots.size(); i++) {
      slots.get(i).limit(limits.get(i));
    }
    while (slots.size() < wanted.consumers()) {
      Slot added = member(limits.get(slots.size()));
      slots.add(added);
      if (started) {
        added.start();
      }
    }
  }

  /// Makes no further calls and reads nothing until [#resume]. Stays in the group; calls under way
  /// end.
  public synchronized void pause() {
    paused = true;
    slots.forEach(slot -> slot.hold(true));
  }

  /// Goes on after [#pause], and tries stopped and waiting partitions again now.
  public synchronized void resume() {
    paused = false;
    slots.forEach(slot -> slot.hold(false));
    retry();
  }

  /// Asks it to finish what is under way and to end. Returns at once.
  public synchronized void stop() {
    stopped = true;
    slots.forEach(Slot::stop);
  }

  /// Waits for the end after [#stop]. Whether everything under way was finished by then.
  public boolean awaitEnd() throws InterruptedException {
    boolean drained = true;
    for (Slot slot : allSlots()) {
      drained &= slot.awaitEnd();
    }
    return drained;
  }

  /// Whether it was stopped and all its members have left.
  boolean ended() {
    return isStopped() && allSlots().stream().noneMatch(Slot::isAlive);
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  private synchronized List<Slot> allSlots() {
    return Stream.concat(leaving.stream(), slots.stream()).toList();
  }

  /// Reads no further than this, from the first record on when it is said before [#start].
  synchronized void bound(Bounds where) {
    bounds = where;
    slots.forEach(slot -> slot.bound(where));
  }

  /// The last output that is safely in Kafka.
  public Optional<ProducerRecord<byte[], byte[]>> lastOutput() {
    return slots.stream()
        .map(Slot::lastSent)
        .flatMap(Optional::stream)
        .max(Comparator.comparingLong(InProcessExecutor.Sent::nanos))
        .<ProducerRecord<byte[], byte[]>>map(InProcessExecutor.Sent::output);
  }

  /// The last failure of a call, or of anything else about a record.
  public Optional<LastFailure> lastFailure() {
    return listener.lastFailure();
  }

  List<PartitionView> partitions() {
    return slots.stream().flatMap(slot -> slot.partitions().stream()).toList();
  }

  /// Whether every member has its share of the partitions.
  boolean assigned() {
    return slots.stream().allMatch(Slot::assigned);
  }

  Optional<Throwable> defect() {
    return slots.stream().map(Slot::defect).flatMap(Optional::stream).findFirst();
  }

  Duration sinceTick() {
    return allSlots().stream().map(Slot::sinceTick).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  Duration stuck() {
    return allSlots().stream().map(Slot::stuck).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  /// Not a number while it is not known: -1 would spoil sums.
  private double lag() {
    long lag = probe.lag(partitions());
    return lag < 0 ? Double.NaN : lag;
  }

  /// A topic it reads that was not there when the cluster answered the last time.
  Optional<String> missingTopic() {
    return definition().topics().stream().filter(probe::isMissing).findFirst();
  }

  /// What tells the topics it reads from others of their names.
  Map<String, String> topicIds() {
    return definition().topics().stream()
        .distinct()
        .collect(Collectors.toMap(topic -> topic, probe::origin));
  }

  /// How it stands now.
  public FunctionStatus status() {
    return FunctionStanding.of(this, probe, Slot.monotonicMillis());
  }

  boolean paused() {
    return paused;
  }

  /// Why partitions are not read now, empty while they are.
  Optional<String> trouble() {
    return slots.stream().map(Slot::trouble).filter(words -> !words.isEmpty()).findFirst();
  }
}
