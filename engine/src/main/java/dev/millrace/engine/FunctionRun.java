package dev.millrace.engine;

import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.InProcessExecutor;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.LaneView;
import dev.millrace.engine.core.LaneView.Condition;
import dev.millrace.engine.core.Limits;
import dev.millrace.engine.kafka.ClusterFeatures;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.loop.Bounds;
import dev.millrace.engine.loop.LoopSettings;
import dev.millrace.engine.metrics.FunctionMeters;
import dev.millrace.engine.settings.EngineSettings;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.RetrySettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/// A function of this process: its members of the group and how they stand. Thread-safe.
public final class FunctionRun {
  /// Older work than this makes a function LAGGING.
  private static final Duration LAGGING = Duration.ofMinutes(1);

  /// Work that has not moved for this long makes it STALLED.
  private static final Duration STALLED = Duration.ofMinutes(1);

  private final FunctionDefinition definition;
  private final String group;
  private final FunctionMeters meters;
  private final ClusterProbe probe;
  private final List<Slot> slots = new ArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();

  FunctionRun(
      FunctionInvoker invoker,
      FunctionSettings settings,
      EngineSettings engine,
      String group,
      KafkaClients clients,
      ClusterFeatures features,
      FunctionMeters meters,
      ClusterProbe probe) {
    this.definition = invoker.definition();
    this.group = group;
    this.meters = meters;
    this.probe = probe;
    LoopSettings loop =
        new LoopSettings(
            definition.topics(), settings.start(), engine.drainOnRevoke(), engine.drainOnStop());
    RunListener listener = new RunListener(definition, meters);
    for (int i = 0; i < settings.consumers(); i++) {
      String member = definition.name() + "-" + i;
      Limits limits = limits(i, settings, engine, clients);
      slots.add(
          new Slot(
              member,
              loop,
              limits,
              () -> clients.member(group, member, features),
              clients::producer,
              (producer, mailbox) ->
                  new InProcessExecutor(
                      member,
                      invoker,
                      producer,
                      mailbox,
                      meters,
                      probe::origin,
                      settings.deadline()),
              listener,
              probe::origin));
    }
    meters.gauge("millrace.lag.records", "Records behind the frontier", "", () -> lag());
    meters.gauge(
        "millrace.lag.time",
        "Age of the oldest unfinished record",
        "seconds",
        () -> status().lagTime().toMillis() / 1000.0);
    meters.gauge(
        "millrace.partitions.assigned", "Partitions of this process", "", () -> lanes().size());
    meters.gauge(
        "millrace.partitions.stopped",
        "Partitions that stopped at a record",
        "",
        () -> status().stopped().size());
    meters.gauge(
        "millrace.outstanding.records",
        "Records received and not finished",
        "",
        () -> lanes().stream().mapToInt(LaneView::records).sum());
    meters.gauge(
        "millrace.outstanding",
        "Bytes of records received and not finished, and of their outputs",
        "bytes",
        () -> lanes().stream().mapToLong(LaneView::bytes).sum());
  }

  /// @param slot which of the members, from 0
  private static Limits limits(
      int slot, FunctionSettings settings, EngineSettings engine, KafkaClients clients) {
    RetrySettings retry = settings.retry();
    int consumers = settings.consumers();
    int all = settings.concurrency().orElse(Integer.MAX_VALUE);
    int concurrency = all / consumers + (slot < all % consumers ? 1 : 0);
    return new Limits(
        settings.batchSize(),
        settings.batchBytes(),
        settings.batchWait().toMillis(),
        concurrency,
        settings.deadline().toMillis(),
        engine.outstandingRecords(),
        engine.outstandingBytes(),
        clients.producerMemory() / 2,
        clients.pollRecords(),
        engine.commitInterval().toMillis(),
        engine.commitRecords(),
        new Limits.Retry(
            retry.retries(),
            retry.delay().toMillis(),
            retry.maxDelay().toMillis(),
            RetrySettings.JITTER));
  }

  /// Joins the group and goes to work, unless it did so before.
  public void start() {
    if (!started.getAndSet(true)) {
      slots.forEach(Slot::start);
    }
  }

  /// What the author declared.
  public FunctionDefinition definition() {
    return definition;
  }

  /// The consumer group it reads in.
  public String group() {
    return group;
  }

  /// Its meters.
  public FunctionMeters meters() {
    return meters;
  }

  /// Asks it to finish what is under way and to end. Returns at once.
  public void stop() {
    slots.forEach(Slot::stop);
  }

  /// Waits for the end after [#stop]. Whether everything under way was finished by then.
  public boolean awaitEnd() throws InterruptedException {
    if (!started.get()) {
      return true;
    }
    boolean drained = true;
    for (Slot slot : slots) {
      drained &= slot.awaitEnd();
    }
    return drained;
  }

  /// Tries stopped and waiting partitions again now.
  public void resume() {
    slots.forEach(Slot::resume);
  }

  /// Reads no further than this, from the first record on when it is said before [#start].
  void bound(Bounds where) {
    slots.forEach(slot -> slot.bound(where));
  }

  List<LaneView> lanes() {
    return slots.stream().flatMap(slot -> slot.lanes().stream()).toList();
  }

  /// Whether every member has its share of the partitions.
  boolean assigned() {
    return slots.stream().allMatch(Slot::assigned);
  }

  Optional<Throwable> defect() {
    return slots.stream().map(Slot::defect).flatMap(Optional::stream).findFirst();
  }

  Duration sinceTick() {
    return slots.stream().map(Slot::sinceTick).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  Duration stuck() {
    return slots.stream().map(Slot::stuck).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  /// Not a number while it is not known: -1 would spoil sums.
  private double lag() {
    long lag = probe.lag(lanes());
    return lag < 0 ? Double.NaN : lag;
  }

  /// A topic it reads that was not there when the cluster answered the last time.
  Optional<String> missingTopic() {
    return definition.topics().stream().filter(probe::isMissing).findFirst();
  }

  /// What tells the topics it reads from others of their names.
  Map<String, String> topicIds() {
    return definition.topics().stream()
        .distinct()
        .collect(Collectors.toMap(topic -> topic, probe::origin));
  }

  /// How it stands now.
  public FunctionStatus status() {
    List<LaneView> lanes = lanes();
    long now = Slot.monotonicMillis();
    long lag = probe.lag(lanes);
    Duration lagTime = lag == 0 ? Duration.ZERO : age(lanes);
    List<FunctionStatus.StoppedPartition> stopped = stopped(lanes, now);
    Verdict verdict = judge(lanes, lag, lagTime, stopped, now);
    return new FunctionStatus(
        definition.name(),
        verdict.word(),
        verdict.reason(),
        lanes.size(),
        meters.recordsIn(),
        meters.recordsOut(),
        lag,
        lagTime,
        stopped);
  }

  private record Verdict(FunctionStatus.Word word, String reason) {}

  private Verdict judge(
      List<LaneView> lanes,
      long lag,
      Duration lagTime,
      List<FunctionStatus.StoppedPartition> stopped,
      long now) {
    Optional<Throwable> defect = defect();
    if (defect.isPresent()) {
      return new Verdict(
          FunctionStatus.Word.STOPPED, "a defect of Millrace: " + FailureText.words(defect.get()));
    }
    if (!probe.connected()) {
      return new Verdict(FunctionStatus.Word.DOWN, probe.trouble());
    }
    Optional<String> trouble =
        slots.stream().map(Slot::trouble).filter(words -> !words.isEmpty()).findFirst();
    if (trouble.isPresent()) {
      return new Verdict(FunctionStatus.Word.DOWN, trouble.get());
    }
    Optional<String> missing = missingTopic();
    if (missing.isPresent()) {
      return new Verdict(
          FunctionStatus.Word.DOWN, "the topic '" + missing.get() + "' is not there");
    }
    if (!stopped.isEmpty()) {
      FunctionStatus.StoppedPartition first = stopped.getFirst();
      return new Verdict(
          FunctionStatus.Word.STOPPED,
          first.partition()
              + " @ "
              + first.offset()
              + ": "
              + FailureText.sentence(first.failure()));
    }
    for (LaneView lane : lanes) {
      if (lane.condition() instanceof Condition.Waiting(long until, Failure failure)) {
        return new Verdict(
            FunctionStatus.Word.FAILING,
            lane.partition() + " @ " + lane.frontier() + ": " + FailureText.sentence(failure));
      }
    }
    for (LaneView lane : lanes) {
      long still = now - lane.progressMillis();
      if (lane.records() > 0 && still > STALLED.toMillis()) {
        return new Verdict(
            FunctionStatus.Word.STALLED,
            lane.partition()
                + " @ "
                + lane.frontier()
                + " for "
                + still / 1000
                + " s: "
                + (lane.calling()
                    ? "the call has not returned"
                    : "outputs or commits are not acknowledged"));
      }
    }
    if (!assigned() || lag < 0) {
      return new Verdict(FunctionStatus.Word.UNKNOWN, "waiting for partitions");
    }
    if (lag > 0 && lagTime.compareTo(LAGGING) > 0) {
      return new Verdict(FunctionStatus.Word.LAGGING, lag + " records behind");
    }
    return lag == 0
        ? new Verdict(FunctionStatus.Word.IDLE, "")
        : new Verdict(FunctionStatus.Word.OK, "");
  }

  private List<FunctionStatus.StoppedPartition> stopped(List<LaneView> lanes, long now) {
    List<FunctionStatus.StoppedPartition> stopped = new ArrayList<>();
    for (LaneView lane : lanes) {
      if (lane.condition() instanceof Condition.Stopped condition) {
        stopped.add(
            new FunctionStatus.StoppedPartition(
                new TopicPartition(lane.partition().topic(), lane.partition().number()),
                condition.first().offset(),
                Instant.now().minusMillis(now - condition.sinceMillis()),
                condition.attempts(),
                condition.failure(),
                probe.expiry(lane.partition().topic(), condition.timestamp())));
      }
    }
    return stopped;
  }

  private static Duration age(List<LaneView> lanes) {
    long oldest =
        lanes.stream()
            .mapToLong(LaneView::oldestTimestamp)
            .filter(timestamp -> timestamp >= 0)
            .min()
            .orElse(Long.MAX_VALUE);
    // A producer's clock may run ahead of ours.
    return oldest == Long.MAX_VALUE
        ? Duration.ZERO
        : Duration.ofMillis(Math.max(0, System.currentTimeMillis() - oldest));
  }
}
