package dev.millrace.bench;

import dev.millrace.bench.contender.ClientSettings;
import dev.millrace.bench.contender.Peer;
import dev.millrace.bench.report.Measurement;
import dev.millrace.bench.report.PassRun;
import dev.millrace.bench.report.Round;
import dev.millrace.bench.stage.Broker;
import dev.millrace.bench.stage.Cluster;
import dev.millrace.bench.stage.Machine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Measures how many records a second each contender passes from one topic to another, side by side
/// on one broker, in paired rounds.
///
/// The input is filled once. In every round each contender, in an order that changes, reads all of
/// it in a fresh group into a fresh topic: see [Trial] for what is measured.
@Command(
    name = "PassThrough",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 100,
    description = "Pass-through throughput of Millrace and its peers, side by side.")
public final class PassThrough implements Callable<Integer> {
  private static final int PARTITIONS = 4;

  /// Between trials: the broker deletes what the last one left.
  private static final Duration SETTLE = Duration.ofSeconds(2);

  @Option(
      names = "--bytes",
      defaultValue = "200",
      description = "Size of a value. Default: ${DEFAULT-VALUE}.")
  private int bytes;

  @Option(
      names = "--records",
      defaultValue = "2000000",
      description = "Records in the input; claims need 8000000. Default: ${DEFAULT-VALUE}.")
  private long records;

  @Option(
      names = "--warm-up",
      defaultValue = "-1",
      description = "The first records, whose time also counts apart. Default: a quarter.")
  private long warmUp;

  @Option(
      names = "--rounds",
      defaultValue = "10",
      description = "How often each contender runs. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--contenders",
      split = ",",
      description = "Which of ${COMPLETION-CANDIDATES}; at least one raw loop. Default: all.")
  private EnumSet<Peer> contenders = EnumSet.noneOf(Peer.class);

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of the values and the order in the rounds. Default: ${DEFAULT-VALUE}.")
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
    Program.start(new PassThrough(), args);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Peer> peers = contenders.isEmpty() ? List.of(Peer.values()) : List.copyOf(contenders);
    if (peers.stream().noneMatch(Peer::raw)) {
      throw new ParameterException(command.commandLine(), "--contenders names no raw loop");
    }
    // The input and two outputs, one of which may still be on its way out, uncompressed.
    Folders.requireRoom(3 * records * (bytes + 20), progress);
    PassRun run =
        new PassRun(
            Program.now(),
            Machine.here(),
            bytes,
            records,
            warmUp < 0 ? records / 4 : warmUp,
            PARTITIONS,
            seed,
            contenderFlags,
            clientSettings(),
            List.of());
    progress.say("%s; load %.1f", run.machine().sentence(), run.machine().loadAtStart());
    try (Broker broker = Broker.start(Folders.LOGS.resolve("broker.log"));
        Cluster cluster = new Cluster(broker.bootstrap(), PARTITIONS)) {
      String name = "pass-" + Long.toString(System.currentTimeMillis(), 36);
      Course course =
          Course.filled(cluster, name + "-input", records, bytes, seed, contenderFlags, progress);
      Trial trial = new Trial(course, run.warmUpRecords(), broker::cpuSeconds, progress);
      Random random = new Random(seed);
      for (int number = 1; number <= rounds; number++) {
        run = run.with(round(trial, number, name, shuffled(peers, random)));
        program.write(run);
      }
    }
    program.show(run);
    return 0;
  }

  private Round round(Trial trial, int number, String name, List<Peer> order)
      throws IOException, InterruptedException {
    List<Measurement> measurements = new ArrayList<>();
    for (Peer peer : order) {
      progress.begin("round %d of %d, %s".formatted(number, rounds, peer.id()), records);
      Measurement measured = trial.run(peer, name + "-" + number + "-" + peer.id());
      measurements.add(measured);
      progress.end(
          "%6.2f s, %4.0f k records/s, %5.1f s CPU",
          measured.committedMillis() / 1e3,
          (double) records / measured.committedMillis(),
          measured.cpuSeconds());
      Thread.sleep(SETTLE);
    }
    return new Round(number, measurements);
  }

  private static List<Peer> shuffled(List<Peer> peers, Random random) {
    List<Peer> order = new ArrayList<>(peers);
    Collections.shuffle(order, random);
    return order;
  }

  private static Map<String, String> clientSettings() {
    Map<String, String> settings = new HashMap<>();
    ClientSettings.tunedConsumer().forEach((name, value) -> settings.put(name, value.toString()));
    ClientSettings.tunedProducer().forEach((name, value) -> settings.put(name, value.toString()));
    return settings;
  }
}
