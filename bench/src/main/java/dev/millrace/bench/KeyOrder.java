package dev.millrace.bench;

import dev.millrace.bench.contender.KeyPeer;
import dev.millrace.bench.report.KeyMeasurement;
import dev.millrace.bench.report.KeyRound;
import dev.millrace.bench.report.KeyRun;
import dev.millrace.bench.stage.Broker;
import dev.millrace.bench.stage.Cluster;
import dev.millrace.bench.stage.Keys;
import dev.millrace.bench.stage.Machine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Measures how many records a second each contender brings through a function that waits, with the
/// records of each key in their order, side by side on one broker, in paired rounds.
///
/// The input is filled once. In every round each contender, in an order that changes, reads it in a
/// fresh group: see [KeyTrial] for what is measured.
@Command(
    name = "KeyOrder",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 100,
    description = "Throughput of functions that wait, under the order of keys, side by side.")
public final class KeyOrder implements Callable<Integer> {
  private static final int PARTITIONS = 4;
  private static final int VALUE_BYTES = 200;

  /// Between trials: the broker puts the last group away.
  private static final Duration SETTLE = Duration.ofSeconds(2);

  @Option(
      names = "--keys",
      defaultValue = "1000",
      description = "How many keys. Default: ${DEFAULT-VALUE}.")
  private int keys;

  @Option(
      names = "--distribution",
      defaultValue = "UNIFORM",
      description = "How often each key comes: ${COMPLETION-CANDIDATES} (s = 1).")
  private Keys.Distribution distribution = Keys.Distribution.UNIFORM;

  @Option(
      names = "--pause",
      defaultValue = "10",
      description = "Milliseconds that the function waits. Default: ${DEFAULT-VALUE}.")
  private int pauseMillis;

  @Option(
      names = "--records",
      defaultValue = "400000",
      description = "Records in the input. Default: ${DEFAULT-VALUE}.")
  private long records;

  @Option(
      names = "--concurrency",
      defaultValue = "1000",
      description = "The most calls in flight. Default: ${DEFAULT-VALUE}.")
  private int concurrency;

  @Option(
      names = "--limit",
      defaultValue = "20",
      description =
          "Seconds that each contender has; one that is not at the end by then is measured by how"
              + " far it came. Default: ${DEFAULT-VALUE}.")
  private int limitSeconds;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "How often each contender runs. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--contenders",
      split = ",",
      description = "Which of ${COMPLETION-CANDIDATES}. Default: all.")
  private EnumSet<KeyPeer> contenders = EnumSet.allOf(KeyPeer.class);

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of the keys and the order in the rounds. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--jvm",
      split = " ",
      defaultValue = "-Xms512m -Xmx512m -XX:+UseParallelGC",
      description = "Flags for the JVM of every contender. Default: ${DEFAULT-VALUE}.")
  private List<String> contenderFlags = List.of();

  private final Progress progress = Progress.here();

  @Mixin private Program program = new Program(progress);

  public static void main(String[] args) {
    Program.start(new KeyOrder(), args);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Folders.requireRoom(records * (VALUE_BYTES + 40), progress);
    Machine machine = Machine.here();
    progress.say("%s; load %.1f", machine.sentence(), machine.loadAtStart());
    try (Broker broker = Broker.start(Folders.LOGS.resolve("broker.log"));
        Cluster cluster = new Cluster(broker.bootstrap(), PARTITIONS)) {
      String name = "keys-" + Long.toString(System.currentTimeMillis(), 36);
      Keys drawn = new Keys(distribution, keys, seed);
      Course course =
          Course.keyed(
              cluster,
              name + "-input",
              records,
              VALUE_BYTES,
              drawn,
              seed,
              contenderFlags,
              progress);
      KeyRun run =
          new KeyRun(
              Program.now(),
              machine,
              distribution.id(),
              keys,
              records,
              drawn.hottest(),
              PARTITIONS,
              pauseMillis,
              concurrency,
              limitSeconds * 1000L,
              seed,
              contenderFlags,
              List.of());
      KeyTrial trial =
          new KeyTrial(
              course,
              Duration.ofMillis(pauseMillis),
              concurrency,
              Duration.ofSeconds(limitSeconds),
              progress);
      Random random = new Random(seed);
      for (int number = 1; number <= rounds; number++) {
        List<KeyPeer> order = new ArrayList<>(contenders);
        Collections.shuffle(order, random);
        run = run.with(round(trial, number, name, order));
        program.write(run);
      }
      program.show(run);
    }
    return 0;
  }

  private KeyRound round(KeyTrial trial, int number, String name, List<KeyPeer> order)
      throws IOException, InterruptedException {
    List<KeyMeasurement> measurements = new ArrayList<>();
    for (KeyPeer peer : order) {
      progress.begin("round %d of %d, %s".formatted(number, rounds, peer.id()), records);
      KeyMeasurement measured = trial.run(peer, name + "-" + number + "-" + peer.id());
      measurements.add(measured);
      progress.end(
          "%,9d records in %6.2f s, %,8.0f records/s, %d out of order, %5.1f s CPU%s",
          measured.calls(),
          measured.millis() / 1e3,
          measured.rate(),
          measured.disorder(),
          measured.cpuSeconds(),
          measured.complete() ? "" : "; its time was up");
      Thread.sleep(SETTLE);
    }
    return new KeyRound(number, measurements);
  }
}
