package dev.millrace.testing.simulation;

import dev.millrace.engine.call.Mailbox;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.LaneView;
import dev.millrace.engine.core.Limits;
import dev.millrace.testing.simulation.Script.Trouble;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
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
  private static final String GROUP = "function";
  private static final int TOO_LARGE = 2000;
  private static final long SETTLING_MILLIS = 120_000;

  /// What a world had in it.
  ///
  /// @param inputs records written to the input
  /// @param duplicates outputs written more than once
  /// @param kills instances killed
  /// @param stops how often a partition stopped
  public record Report(int inputs, long duplicates, int kills, int stops) {
    /// Both together.
    public Report plus(Report other) {
      return new Report(
          inputs + other.inputs,
          duplicates + other.duplicates,
          kills + other.kills,
          stops + other.stops);
    }
  }

  private final World world;
  private final SimulatedCluster cluster;
  private final Script script = new Script();
  private final Ledger ledger;
  private final ClientSettings client;
  private final Limits limits;
  private final List<SimulatedInstance> instances = new ArrayList<>();
  private final Map<TopicPartition, TreeMap<Long, String>> inputs = new LinkedHashMap<>();
  private final boolean oneByOne;
  private final double troubles;
  private final double turbulence;
  private final boolean calm;
  private final long chaosMillis;
  private int unwritten;
  private int written;
  private int repeats;
  private int kills;
  private int stops;
  private long nestedMillis;

  private EngineSimulation(long seed, Story story) {
    world = new World(seed, story);
    Faults faults = pick(Faults.none(), Faults.some(), Faults.some(), Faults.heavy());
    cluster = new SimulatedCluster(world, faults);
    cluster.createTopic(INPUT, (int) world.between(1, 4));
    cluster.createTopic(OUTPUT, (int) world.between(1, 3));
    ledger = new Ledger(cluster, List.of(OUTPUT));
    boolean impatient = world.chance(0.1);
    if (impatient) {
      ledger.withoutOrder();
    }
    int pollRecords = (int) world.between(1, 30);
    client =
        ClientSettings.of(GROUP, pick(GroupProtocol.CLASSIC, GroupProtocol.CONSUMER))
            .withTimeouts(1000, 60_000)
            .withMaxPollRecords(pollRecords)
            .withDelivery(impatient ? 400 : Integer.MAX_VALUE, TOO_LARGE - 1, 1 << 20)
            .withPollsAtOnce();
    limits = limits(pollRecords);
    oneByOne = world.chance(0.5);
    troubles = pick(0.0, 0.02, 0.1);
    calm = troubles == 0 && faults.equals(Faults.none());
    turbulence = pick(0.0, 2.0, 8.0);
    chaosMillis = world.between(300, 2500);
    unwritten = (int) world.between(10, 200);
  }

  private Limits limits(int pollRecords) {
    return new Limits(
        (int) world.between(1, 20),
        (int) world.between(1, 4000),
        world.chance(0.3) ? world.between(1, 30) : 0,
        (int) world.between(1, 4),
        200,
        2 * pollRecords + (int) world.between(0, 60),
        world.between(500, 20_000),
        world.between(50, 5000),
        pollRecords,
        world.between(20, 300),
        (int) world.between(1, 60),
        new Limits.Retry(3, 10, 100, 0.2));
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
    Report total = new Report(0, 0, 0, 0);
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
    int members = (int) world.between(1, 3);
    for (int i = 0; i < members; i++) {
      instances.add(new SimulatedInstance("engine-" + (char) ('a' + i), this));
    }
    instances.getFirst().start();
    cluster.partitions(INPUT).forEach(this::writeLater);
    cluster.breakUntil(chaosMillis);
    disturb();
    if (world.chance(0.15)) {
      world.in(world.between(0, chaosMillis), this::deleteRecords);
    }
    world.run(chaosMillis);
    settle();
    return new Report(written, ledger.duplicates(), kills, stops);
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
          if (commit) {
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
    inputs.getOrDefault(partition, new TreeMap<>()).put(pending.offset, pending.id);
    ledger.wrote(partition, pending.offset, pending.id, pending.line.outputs());
  }

  private Script.Line line() {
    int outputs = (int) (world.chance(0.7) ? 1 : world.between(0, 4));
    if (!world.chance(troubles)) {
      return new Script.Line(outputs, Trouble.NONE, 0);
    }
    Trouble trouble =
        world.chance(0.1)
            ? pick(Trouble.POISON, Trouble.UNREADABLE, Trouble.TOO_LARGE)
            : pick(Trouble.THROWS, Trouble.THROWS, Trouble.HANGS);
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

  private void disturb(SimulatedInstance instance) {
    if (!instance.running()) {
      instance.start();
      return;
    }
    switch ((int) world.between(0, 3)) {
      case 0 -> {
        kills++;
        instance.crash();
      }
      case 1 -> instance.stop();
      case 2 -> instance.freeze(world.between(1, 3000), world.chance(0.3));
      default -> instance.resume();
    }
  }

  // Settling

  private void settle() {
    world.tell("world", "the faults are over");
    cluster.heal(cluster.faults().healed());
    for (SimulatedInstance instance : instances) {
      if (!instance.running() && (instance == instances.getFirst() || world.chance(0.5))) {
        instance.start();
      }
    }
    if (world.chance(0.5)) {
      script.repair();
      world.tell("world", "the function is repaired");
    }
    if (!settled(SETTLING_MILLIS)) {
      throw new AssertionError("has not settled: " + state());
    }
    Map<TopicPartition, Long> stopped = stopped();
    int outputsOfACrash = 4 * limits.duplicateBound();
    List<String> wrong =
        ledger.settle(committed(), (long) (repeats + moves()) * outputsOfACrash, stopped);
    if (!wrong.isEmpty()) {
      throw new AssertionError(String.join("\n", wrong));
    }
  }

  /// Moves of partitions after which records may be called again: none where every drain ends in
  /// time and every commit gets through, else all but the first of each partition.
  private int moves() {
    return calm ? 0 : Math.max(0, cluster.moves() - cluster.partitions(INPUT).size());
  }

  private boolean settled(long millis) {
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
      if (unwritten <= 0
          && ledger.settle(committed(), Long.MAX_VALUE, stopped()).isEmpty()
          && (!script.repaired() || stopped().isEmpty())) {
        return true;
      }
    }
    return false;
  }

  private Map<TopicPartition, Long> stopped() {
    Map<TopicPartition, Long> stopped = new LinkedHashMap<>();
    for (SimulatedInstance instance : instances) {
      for (LaneView lane : instance.lanes()) {
        if (lane.condition() instanceof LaneView.Condition.Stopped) {
          stopped.put(
              new TopicPartition(lane.partition().topic(), lane.partition().number()),
              lane.frontier().offset());
        }
      }
    }
    return stopped;
  }

  private String state() {
    StringBuilder state = new StringBuilder();
    instances.forEach(instance -> state.append(instance.lanes()).append('\n'));
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

  Limits limits() {
    return limits;
  }

  SimulatedExecutor executor(String name, SimulatedProducer producer, Mailbox mailbox) {
    return new SimulatedExecutor(
        name, world, script, ledger, producer, mailbox, oneByOne, 150, TOO_LARGE);
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
    TreeMap<Long, String> ids = inputs.getOrDefault(partition, new TreeMap<>());
    // Of four records compaction leaves one at least.
    boolean rightly =
        ids.tailMap(first, true).values().stream()
            .limit(4L * limits.batchRecords())
            .anyMatch(script::stops);
    if (!rightly) {
      throw new AssertionError(partition + " stopped @ " + first + " for no reason: " + failure);
    }
  }

  void expired(TopicPartition partition, long to) {
    if (to > cluster.log(partition).start()) {
      throw new AssertionError(partition + " skips records that are still there, to " + to);
    }
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
      if (early != null) {
        throw new AssertionError("I1: " + early);
      }
      if (before != null && before.offset() > commit.offset()) {
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
