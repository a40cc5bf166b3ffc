package dev.millrace.testing.simulation;

import dev.millrace.engine.call.KafkaPartition;
import dev.millrace.engine.call.Mailbox;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.GapMap;
import dev.millrace.engine.core.Gaps;
import dev.millrace.engine.core.Guarantee;
import dev.millrace.engine.core.Limits;
import dev.millrace.engine.core.Ordering;
import dev.millrace.engine.core.PartitionView;
import dev.millrace.engine.core.Policy;
import dev.millrace.engine.core.Policy.Then;
import dev.millrace.engine.core.Position;
import dev.millrace.engine.loop.Bounds;
import dev.millrace.testing.simulation.Script.Trouble;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// A few instances of the real engine over a simulated cluster, with everything that can go wrong
/// going wrong for a while; then it must settle.
///
/// The seed decides all of it: sizes, limits, faults, what the function does with each record, and
/// when instances start, stop, freeze and are killed. Checked all along: the core's own invariants
/// after every tick (I4, I5, I8), that nothing is committed before its outputs are written (I1, by
/// a [Ledger] that knows nothing of the engine), that commits do not go back (I2) and come only
/// from owners (I7), that what is paused is what should be (I10), and how long a tick takes (I11).
/// At the end: every record has all its outputs, in order, and is committed, but behind a record
/// that rightly stopped its partition (I9).
public final class EngineSimulation {
  static final String INPUT = "in";
  static final String OUTPUT = "out";
  static final String DEAD = "in.function.dlq";
  private static final String GROUP = "function";
  private static final int TOO_LARGE = 2000;
  private static final long SETTLING_MILLIS = 120_000;

  /// What a world had in it.
  ///
  /// @param inputs records written to the input
  /// @param duplicates outputs written more than once
  /// @param kills instances killed
  /// @param stops how often a partition stopped
  /// @param cuts how often an instance found its partition cut back
  /// @param deaths records that were to become dead letters
  /// @param skips records passed over
  /// @param searches batches halved
  public record Report(
      int inputs,
      long duplicates,
      int kills,
      int stops,
      int cuts,
      int deaths,
      int skips,
      int searches) {
    /// Both together.
    public Report plus(Report other) {
      return new Report(
          inputs + other.inputs,
          duplicates + other.duplicates,
          kills + other.kills,
          stops + other.stops,
          cuts + other.cuts,
          deaths + other.deaths,
          skips + other.skips,
          searches + other.searches);
    }
  }

  private final World world;
  private final SimulatedCluster cluster;
  private final Policy policy;
  private final Ordering ordering;
  private final Guarantee guarantee;

  /// Who called an input first, where nobody else may.
  private final Map<String, Object> callers = new HashMap<>();

  private final Script script;
  private final Ledger ledger;
  private final ClientSettings client;
  private final int pollRecords;
  private Limits limits;
  private final List<SimulatedInstance> instances = new ArrayList<>();
  private final Map<TopicPartition, TreeMap<Long, List<String>>> inputs = new LinkedHashMap<>();
  private final Set<TopicPartition> cutBack = new HashSet<>();
  private boolean recreated;
  private final boolean oneByOne;

  /// Whether the function asks for records again, or to stop at them.
  private final boolean asks;

  /// Partitions move all the time, while slow calls fail for good.
  private final boolean restless;

  private final double troubles;
  private final double turbulence;
  private final boolean calm;
  private final long chaosMillis;
  private int unwritten;
  private int written;
  private Bounds bounds = Bounds.NONE;
  private int mostRepeated;
  private int repeats;
  private int kills;
  private int stops;
  private int cuts;
  private int deaths;
  private int skips;
  private int searches;
  private long nestedMillis;

  private EngineSimulation(long seed, Story story) {
    world = new World(seed, story);
    restless = world.chance(0.1);
    Faults faults =
        restless
            ? Faults.some()
            : pick(Faults.none(), Faults.some(), Faults.some(), Faults.heavy());
    cluster = new SimulatedCluster(world, faults);
    cluster.createTopic(INPUT, (int) world.between(restless ? 4 : 1, restless ? 8 : 4));
    cluster.createTopic(OUTPUT, (int) world.between(1, 3));
    cluster.createTopic(DEAD, 1);
    Then unreadable = pick(Then.values());
    policy = new Policy(pick(Then.values()), List.of(), unreadable, 600_000, 1_000_000, 1);
    script = new Script(policy);
    ledger = new Ledger(cluster, List.of(OUTPUT, DEAD), DEAD, script::dies);
    boolean impatient = world.chance(0.1);
    // What is behind a record that must wait was in the same call, and is done before it.
    asks = world.chance(0.2);
    if (impatient || asks) {
      ledger.withoutOrder();
    }
    pollRecords = (int) world.between(1, 30);
    client =
        ClientSettings.of(GROUP, pick(GroupProtocol.CLASSIC, GroupProtocol.CONSUMER))
            .withTimeouts(1000, 60_000)
            .withMaxPollRecords(pollRecords)
            .withDelivery(impatient ? 400 : Integer.MAX_VALUE, TOO_LARGE - 1, 1 << 20)
            .withPollsAtOnce();
    // Most worlds as most functions are.
    ordering = pick(Ordering.PARTITION, Ordering.PARTITION, Ordering.KEY, Ordering.NONE);
    guarantee = world.chance(0.2) ? Guarantee.AT_MOST_ONCE : Guarantee.AT_LEAST_ONCE;
    if (ordering == Ordering.KEY) {
      ledger.withOrderByKey();
    }
    if (ordering == Ordering.NONE) {
      ledger.withoutOrder();
    }
    limits = limits((int) world.between(0, 60), world.between(500, 20_000));
    mostRepeated = limits.duplicateBound();
    oneByOne = world.chance(0.5);
    troubles = restless ? 0.1 : pick(0.0, 0.02, 0.1);
    calm = troubles == 0 && faults.equals(Faults.none());
    turbulence = pick(0.0, 2.0, 8.0);
    if (guarantee == Guarantee.AT_MOST_ONCE && !(calm && turbulence == 0)) {
      ledger.mayLose();
      // What a member that was expelled had handed over may arrive behind what the next one calls,
      // and nobody writes it again.
      ledger.withoutOrder();
    }
    chaosMillis = world.between(300, 2500);
    unwritten = (int) world.between(restless ? 100 : 10, restless ? 400 : 200);
  }

  private Limits limits(int moreOutstanding, long outstandingBytes) {
    return new Limits(
        (int) world.between(1, 20),
        (int) world.between(1, 4000),
        world.chance(0.3) ? world.between(1, 30) : 0,
        (int) world.between(1, 4),
        200,
        2 * pollRecords + moreOutstanding,
        outstandingBytes,
        world.between(50, 5000),
        pollRecords,
        world.between(20, 300),
        (int) world.between(1, 60),
        ordering,
        guarantee,
        new Limits.Retry(3, 10, 100, 0.2),
        policy);
  }

  /// Runs one world to its end.
  ///
  /// @throws AssertionError when something is wrong with the engine
  public static Report run(long seed, Story story) {
    return new EngineSimulation(seed, story).run();
  }

  /// Runs one world; if it fails, once more with its story, which the error then tells.
  ///
  /// @throws AssertionError with the story and how to replay it
  public static Report explore(long seed) {
    try {
      return run(seed, Story.untold());
    } catch (Throwable first) {
      throw new AssertionError(
          "Seed "
              + seed
              + " failed: "
              + first
              + "\nReplay it: ./mvnw -q -pl testing -am test -Dtest=SimulationTest"
              + " -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.seed="
              + seed
              + "\n"
              + story(seed),
          first);
    }
  }

  /// The story of a seed, up to its end or its failure.
  public static String story(long seed) {
    Story story = Story.last(5000);
    try {
      Report report = run(seed, story);
      return story + "It went well: " + report + "\n";
    } catch (Throwable failure) {
      return story + "It failed: " + failure + "\n";
    }
  }

  /// Runs seeds: `EngineSimulation FIRST COUNT`, or `EngineSimulation SEED` for one with its story.
  public static void main(String[] arguments) {
    long first = Long.parseLong(arguments[0]);
    if (arguments.length == 1) {
      System.out.print(story(first));
      return;
    }
    long count = Long.parseLong(arguments[1]);
    long began = System.nanoTime();
    Report total = new Report(0, 0, 0, 0, 0, 0, 0, 0);
    for (long seed = first; seed < first + count; seed++) {
      total = total.plus(explore(seed));
      if ((seed - first + 1) % 10_000 == 0) {
        System.out.println((seed - first + 1) + " seeds: " + total);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d seeds from %d held, %.1f s: %s%n",
        count,
        first,
        (System.nanoTime() - began) / 1e9,
        total);
  }

  private Report run() {
    tellSetting();
    cluster.onCommit(new CommitChecks());
    int members = (int) world.between(restless ? 2 : 1, 3);
    for (int i = 0; i < members; i++) {
      instances.add(new SimulatedInstance("engine-" + (char) ('a' + i), this));
    }
    instances.getFirst().start();
    cluster.partitions(INPUT).forEach(this::writeLater);
    cluster.breakUntil(chaosMillis);
    disturb();
    if (restless) {
      rebalance();
    }
    if (world.chance(0.15)) {
      world.in(world.between(0, chaosMillis), this::deleteRecords);
    }
    if (world.chance(0.15)) {
      world.in(world.between(0, chaosMillis), () -> loseRecords((int) world.between(1, 3)));
    }
    if (world.chance(0.05)) {
      world.in(world.between(0, chaosMillis), this::recreateInput);
    }
    if (world.chance(0.15)) {
      world.in(world.between(0, chaosMillis), this::bound);
    }
    if (world.chance(0.2)) {
      world.in(world.between(0, chaosMillis), this::limit);
    }
    world.run(chaosMillis);
    settle();
    return new Report(written, ledger.duplicates(), kills, stops, cuts, deaths, skips, searches);
  }

  private void tellSetting() {
    world.tell(
        "world",
        "%s, %s, calls %s, troubles %s, turbulence %s per s, %s",
        client.protocol(),
        limits,
        oneByOne ? "one by one" : "as a whole",
        troubles,
        turbulence,
        cluster.faults());
  }

  // Writing the input

  private void writeLater(TopicPartition partition) {
    inputs.put(partition, new TreeMap<>());
    world.in(world.between(0, 60), () -> write(partition));
  }

  private void write(TopicPartition partition) {
    if (unwritten <= 0) {
      return;
    }
    PartitionLog log = cluster.log(partition);
    int records = (int) Math.min(unwritten, world.between(1, 12));
    unwritten -= records;
    if (world.chance(0.1)) {
      writeTransaction(partition, log, records);
      return;
    }
    for (int i = 0; i < records; i++) {
      Pending pending = append(partition);
      enter(partition, pending);
    }
    world.in(world.between(1, 40), () -> write(partition));
  }

  private void writeTransaction(TopicPartition partition, PartitionLog log, int records) {
    log.beginTransaction();
    List<Pending> pending = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      pending.add(append(partition));
    }
    boolean commit = world.chance(0.5);
    world.in(
        world.between(1, 100),
        () -> {
          log.endTransaction(commit);
          if (commit && cluster.log(partition) == log) {
            pending.forEach(one -> enter(partition, one));
          }
          write(partition);
        });
  }

  private record Pending(String id, long offset, Script.Line line) {}

  private Pending append(TopicPartition partition) {
    String id = partition.partition() + "/" + ++written;
    byte[] key =
        world.chance(0.1) ? null : ("k" + world.between(0, 5)).getBytes(StandardCharsets.UTF_8);
    long offset = cluster.write(partition, key, id.getBytes(StandardCharsets.UTF_8));
    return new Pending(id, offset, line());
  }

  private void enter(TopicPartition partition, Pending pending) {
    script.write(pending.id, pending.line);
    // An offset that was lost is given again, and the former record may still be under way.
    inputs
        .computeIfAbsent(partition, unseen -> new TreeMap<>())
        .computeIfAbsent(pending.offset, unseen -> new ArrayList<>())
        .add(pending.id);
    ledger.wrote(partition, pending.offset, pending.id, pending.line.outputs());
  }

  private Script.Line line() {
    int outputs = (int) (world.chance(0.7) ? 1 : world.between(0, 4));
    if (!world.chance(troubles)) {
      return new Script.Line(outputs, Trouble.NONE, 0);
    }
    Trouble trouble =
        world.chance(restless ? 0.5 : 0.1)
            ? pick(
                Trouble.POISON,
                Trouble.UNREADABLE,
                Trouble.TOO_LARGE,
                asks ? Trouble.HALTED : Trouble.POISON)
            : pick(
                Trouble.THROWS,
                Trouble.THROWS,
                Trouble.HANGS,
                Trouble.SKIPPED,
                Trouble.REJECTED,
                asks ? Trouble.AGAIN : Trouble.THROWS);
    return new Script.Line(
        trouble == Trouble.TOO_LARGE ? Math.max(1, outputs) : outputs,
        trouble,
        (int) world.between(1, 3));
  }

  private void deleteRecords() {
    cluster
        .partitions(INPUT)
        .forEach(partition -> {
          PartitionLog log = cluster.log(partition);
          if (world.chance(0.5)) {
            log.expireBefore(world.between(0, log.stableEnd()));
            ledger.excuse(partition, offset -> offset < log.start());
            world.tell("cluster", "%s now starts at %d", partition, log.start());
          } else {
            long stable = log.stableEnd();
            log.compact(entry -> entry.offset() % 3 != 0);
            ledger.excuse(partition, offset -> offset < stable && offset % 3 != 0);
            world.tell("cluster", "%s compacted", partition);
          }
        });
  }

  /// What was lost may be missing, may have had its outputs, and is nobody's duty.
  private void loseRecords(int times) {
    List<TopicPartition> partitions = cluster.partitions(INPUT);
    TopicPartition partition = partitions.get((int) world.between(0, partitions.size() - 1));
    PartitionLog log = cluster.log(partition);
    if (!log.inTransaction()) {
      long tail = Math.min(log.end() - log.start(), world.between(1, 60));
      long end = log.loseFrom(log.end() - tail);
      cutBack.add(partition);
      if (guarantee == Guarantee.AT_MOST_ONCE) {
        // Whoever goes back gives up what it is calling.
        ledger.mayLose();
      }
      ledger.excuse(partition, offset -> offset >= end);
      world.tell("cluster", "%s lost everything from %d on, epoch %d", partition, end, log.epoch());
    }
    if (times > 1) {
      world.in(world.between(0, 200), () -> loseRecords(times - 1));
    }
  }

  /// Somebody changes the settings of the running function, again and again.
  private void limit() {
    Limits changed =
        limits(limits.outstandingRecords() - 2 * pollRecords, limits.outstandingBytes());
    mostRepeated = Math.max(mostRepeated, changed.duplicateBound());
    limits = changed;
    world.tell("world", "from now on %s", limits);
    instances.forEach(instance -> instance.limit(limits));
    if (world.millis() < chaosMillis) {
      world.in(world.between(50, 500), this::limit);
    }
  }

  /// All former records are nobody's duty. Until an instance hears of it, it may read on in the
  /// middle of the new topic, so the outputs have no order.
  private void recreateInput() {
    recreated = true;
    ledger.withoutOrder();
    cluster.recreateTopic(INPUT);
    for (TopicPartition partition : cluster.partitions(INPUT)) {
      cutBack.add(partition);
      ledger.excuse(partition, offset -> true);
      cluster.breakPartition(partition, world.between(0, 200));
    }
    instances.forEach(instance -> instance.hearOfTopic(world.between(0, 300)));
  }

  /// A bounded run: some partitions end at an offset, the others at a time.
  private void bound() {
    Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
    for (TopicPartition partition : cluster.partitions(INPUT)) {
      if (world.chance(0.5)) {
        offsets.put(partition, cluster.log(partition).stableEnd());
      }
    }
    bounds = new Bounds(offsets, world.millis() + world.between(-200, 200));
    world.tell("world", "reading ends at %s, elsewhere at %d ms", offsets, bounds.millis());
    instances.forEach(instance -> instance.bound(bounds));
  }

  /// Whether the group has committed all there is up to its bound.
  private boolean boundReached() {
    return cluster.partitions(INPUT).stream().allMatch(this::boundReached);
  }

  private boolean boundReached(TopicPartition partition) {
    PartitionLog log = cluster.log(partition);
    OffsetAndMetadata commit = committed().get(partition);
    Long offset = bounds.offsets().get(partition);
    if (commit != null && offset != null && commit.offset() >= offset) {
      // Whoever stands there reads nothing, and does not hear what was lost since.
      return true;
    }
    long from = commit == null ? 0 : cluster.worth(partition, commit);
    long to =
        offset != null
            ? offset
            : log.firstFrom(bounds.millis())
                .map(PartitionLog.Entry::offset)
                .orElse(log.stableEnd());
    return bounds.equals(Bounds.NONE)
        || stopped().containsKey(partition)
        || log.entries(from, Math.min(to, log.stableEnd())).isEmpty();
  }

  // Disturbing the instances

  private void disturb() {
    if (turbulence <= 0) {
      instances.stream().skip(1).forEach(SimulatedInstance::start);
      return;
    }
    world.in(
        (long) (-Math.log(1 - world.random().nextDouble()) / turbulence * 1000),
        () -> {
          if (world.millis() < chaosMillis) {
            disturb(instances.get((int) world.between(0, instances.size() - 1)));
            disturb();
          }
        });
  }

  private void rebalance() {
    world.in(
        world.between(20, 200),
        () -> {
          if (world.millis() < chaosMillis) {
            cluster.rebalance(GROUP);
            rebalance();
          }
        });
  }

  private void disturb(SimulatedInstance instance) {
    if (!instance.running()) {
      instance.start();
      return;
    }
    switch ((int) world.between(0, 4)) {
      case 0 -> {
        kills++;
        instance.crash();
      }
      case 1 -> instance.stop();
      case 2 -> instance.freeze(world.between(1, 3000), world.chance(0.3));
      case 3 -> instance.hold(world.chance(0.5));
      default -> instance.resume();
    }
  }

  // Settling

  private void settle() {
    world.tell("world", "the faults are over");
    cluster.heal(cluster.faults().healed());
    instances.forEach(instance -> instance.hold(false));
    for (SimulatedInstance instance : instances) {
      if (!instance.running() && (instance == instances.getFirst() || world.chance(0.5))) {
        instance.start();
      }
    }
    if (world.chance(0.5)) {
      script.repair();
      world.tell("world", "the function is repaired");
    }
    if (!comes(this::boundReached, SETTLING_MILLIS)) {
      throw new AssertionError("has not come to its bound: " + state());
    }
    bounds = Bounds.NONE;
    instances.forEach(instance -> instance.bound(bounds));
    if (!comes(this::settled, SETTLING_MILLIS)) {
      throw new AssertionError("has not settled: " + state());
    }
    Map<TopicPartition, Long> stopped = stopped();
    int outputsOfACrash = 4 * mostRepeated;
    List<String> wrong =
        ledger.settle(
            committed(),
            (long) (repeats + moves()) * outputsOfACrash
                + (recreated || !cutBack.isEmpty() ? 4L * written : 0),
            stopped);
    if (!wrong.isEmpty()) {
      throw new AssertionError(String.join("\n", wrong));
    }
  }

  /// Moves of partitions after which records may be called again: none where every drain ends in
  /// time and every commit gets through, else all but the first of each partition.
  private int moves() {
    return calm ? 0 : Math.max(0, cluster.moves() - cluster.partitions(INPUT).size());
  }

  private boolean settled() {
    return unwritten <= 0
        && ledger.settle(committed(), Long.MAX_VALUE, stopped()).isEmpty()
        && (!script.repaired() || stopped().isEmpty());
  }

  private boolean comes(BooleanSupplier condition, long millis) {
    long until = world.millis() + millis;
    while (world.millis() < until) {
      world.run(100);
      if (!ledger.findings().isEmpty()) {
        throw new AssertionError(String.join("\n", ledger.findings()));
      }
      if (instances.stream().noneMatch(SimulatedInstance::running)) {
        // The last one was still on its way out.
        instances.getFirst().start();
      }
      if (script.repaired()) {
        instances.forEach(SimulatedInstance::resume);
      }
      if (condition.getAsBoolean()) {
        return true;
      }
    }
    return false;
  }

  private Map<TopicPartition, Long> stopped() {
    Map<TopicPartition, Long> stopped = new LinkedHashMap<>();
    for (SimulatedInstance instance : instances) {
      for (PartitionView partition : instance.partitions()) {
        if (partition.condition() instanceof PartitionView.Condition.Stopped) {
          TopicPartition stoppedAt = KafkaPartition.of(partition.partition());
          stopped.put(stoppedAt, worth(stoppedAt, partition.frontier()));
        }
      }
    }
    return stopped;
  }

  /// A stopped partition reads nothing, and finds out at its resume what was lost before it.
  private long worth(TopicPartition partition, Position frontier) {
    return cluster.worth(
        partition,
        new OffsetAndMetadata(
            frontier.offset(),
            frontier.leaderEpoch() == Position.NO_EPOCH
                ? Optional.empty()
                : Optional.of(frontier.leaderEpoch()),
            ""));
  }

  private String state() {
    StringBuilder state = new StringBuilder();
    instances.forEach(instance -> state.append(instance.partitions()).append('\n'));
    ledger
        .settle(committed(), Long.MAX_VALUE, stopped())
        .forEach(finding -> state.append(finding).append('\n'));
    return state.toString();
  }

  // What the instances ask and tell

  World world() {
    return world;
  }

  SimulatedCluster cluster() {
    return cluster;
  }

  Map<TopicPartition, OffsetAndMetadata> committed() {
    return cluster.committed(GROUP);
  }

  ClientSettings client() {
    return client;
  }

  /// What is finished behind a commit.
  Gaps gaps(TopicPartition partition, OffsetAndMetadata commit) {
    String text = commit.metadata();
    int at = text.indexOf(' ');
    return at < 0
        ? Gaps.NONE
        : GapMap.decode(text.substring(at + 1), commit.offset(), cluster.topicId(partition.topic()))
            .orElse(Gaps.NONE);
  }

  /// The most records that killing an instance may repeat, under whatever limits it ran.
  int mostRepeated() {
    // The group's commits are gone with the topic, so that everything seems to be repeated.
    return recreated && guarantee == Guarantee.AT_MOST_ONCE ? Integer.MAX_VALUE : mostRepeated;
  }

  /// Whether neither the cluster nor the function nor a killed member, for which a rebalance waits,
  /// makes any trouble.
  boolean calm() {
    return calm && kills == 0;
  }

  Limits limits() {
    return limits;
  }

  SimulatedExecutor executor(String name, SimulatedProducer producer, Mailbox mailbox) {
    return new SimulatedExecutor(
        name,
        this,
        world,
        script,
        ledger,
        producer,
        mailbox,
        bounds,
        oneByOne,
        restless ? 0.5 : 0.05,
        150,
        TOO_LARGE);
  }

  /// Where reading ends now.
  Bounds bounds() {
    return bounds;
  }

  /// Virtual time that ticks have taken so far, so that a tick can leave out those within it.
  long nested() {
    return nestedMillis;
  }

  void nest(long millis) {
    nestedMillis += millis;
  }

  /// Something happened after which records may be called again.
  void repeats() {
    repeats++;
  }

  void stopped(TopicPartition partition, long first, Failure failure) {
    stops++;
    if (!recreated && ids(partition, first).stream().noneMatch(script::stops)) {
      throw new AssertionError(partition + " stopped @ " + first + " for no reason: " + failure);
    }
  }

  void skipped(TopicPartition partition, long offset, Failure failure) {
    boolean lost =
        guarantee == Guarantee.AT_MOST_ONCE
            && (failure instanceof Failure.Unavailable || failure instanceof Failure.InvalidOutput);
    List<String> ids =
        ids(partition, offset).stream().filter(id -> lost || script.isSkipped(id)).toList();
    if (!recreated && ids.isEmpty()) {
      throw new AssertionError(
          partition + " @ " + offset + " was passed over for no reason: " + failure);
    }
    skips++;
    ids.forEach(ledger::skipped);
  }

  /// A call begins.
  ///
  /// @param caller the life of an instance
  void calls(Object caller, ConsumerRecord<byte[], byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    if (guarantee != Guarantee.AT_MOST_ONCE || recreated || cutBack.contains(partition)) {
      return;
    }
    OffsetAndMetadata commit = committed().get(partition);
    String id = SimulatedExecutor.id(record);
    if (callers.computeIfAbsent(id, first -> caller) != caller) {
      throw new AssertionError(id + " is called again by another life");
    }
    if (commit == null) {
      throw new AssertionError(id + " is called before anything is committed");
    }
  }

  void deadLetter(ConsumerRecord<byte[], byte[]> record) {
    deaths++;
    ledger.givenUp(SimulatedExecutor.id(record));
    repeats();
  }

  /// @param partlyWritten whether some outputs of the batch may have been written
  void searches(boolean partlyWritten) {
    searches++;
    if (partlyWritten) {
      repeats();
    }
  }

  private List<String> ids(TopicPartition partition, long offset) {
    return inputs.getOrDefault(partition, new TreeMap<>()).getOrDefault(offset, List.of());
  }

  void expired(TopicPartition partition, long to) {
    if (to > cluster.log(partition).start()) {
      throw new AssertionError(partition + " skips records that are still there, to " + to);
    }
  }

  void truncated(TopicPartition partition) {
    if (!cutBack.contains(partition)) {
      throw new AssertionError(partition + ": a position with the wrong leader epoch");
    }
    cuts++;
    repeats();
  }

  void recreated() {
    if (!recreated) {
      throw new AssertionError("no topic was created again here");
    }
    repeats();
  }

  @SafeVarargs
  private <T> T pick(T... choices) {
    return choices[(int) world.between(0, choices.length - 1)];
  }

  private final class CommitChecks implements SimulatedCluster.CommitListener {
    @Override
    public void committed(
        String group,
        String member,
        TopicPartition partition,
        @Nullable OffsetAndMetadata before,
        OffsetAndMetadata commit) {
      String early = ledger.wrongWith(partition, commit);
      if (early != null && guarantee != Guarantee.AT_MOST_ONCE) {
        throw new AssertionError("I1: " + early);
      }
      Gaps gaps = gaps(partition, commit);
      PartitionLog log = cluster.log(partition);
      String wrong =
          ledger.wrongBehind(
              partition, commit, offset -> gaps.isFinished(offset, log.epoch(offset)));
      if (wrong != null) {
        throw new AssertionError("I3: " + wrong);
      }
      // What was committed before it was called, and was not called, is given back at the end.
      if (guarantee != Guarantee.AT_MOST_ONCE
          && before != null
          && cluster.worth(partition, before) > cluster.worth(partition, commit)) {
        throw new AssertionError(
            "I2: "
                + partition
                + ": the commit goes back from "
                + before.offset()
                + " to "
                + commit.offset());
      }
      var owners = cluster.owners(group, partition);
      if (!owners.isEmpty() && !owners.contains(member)) {
        throw new AssertionError("I7: " + member + " commits " + partition + " of " + owners);
      }
    }

    @Override
    public void stray(String name, TopicPartition partition) {
      throw new AssertionError("I7: " + name + " commits " + partition + " which it has lost");
    }
  }
}
