package dev.millrace.bench;

import dev.millrace.bench.contender.Peer;
import dev.millrace.bench.report.KillRun;
import dev.millrace.bench.stage.Broker;
import dev.millrace.bench.stage.ChildJvm;
import dev.millrace.bench.stage.Cluster;
import dev.millrace.bench.stage.Ledger;
import dev.millrace.bench.stage.Machine;
import dev.millrace.engine.settings.EngineSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Kills a contender again and again while it works, then counts what is missing and repeated in
/// its output. Ends with 1 when anything is missing, or more is repeated than may be.
@Command(
    name = "KillNine",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 100,
    description = "What kill -9 loses (nothing) and repeats (no more than the bound).")
public final class KillNine implements Callable<Integer> {
  private static final int PARTITIONS = 4;
  private static final String OUTPUT = "survived";
  private static final String GROUP = "kill-nine";

  @Option(
      names = "--contender",
      defaultValue = "millrace",
      description = "Which of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Peer contender = Peer.MILLRACE;

  @Option(
      names = "--records",
      defaultValue = "200000",
      description = "Records in the input. Default: ${DEFAULT-VALUE}.")
  private long records;

  @Option(
      names = "--kills",
      defaultValue = "10",
      description = "How often. Default: ${DEFAULT-VALUE}.")
  private int kills;

  @Option(
      names = "--pause",
      defaultValue = "100",
      description = "Microseconds that the function takes for a value. Default: ${DEFAULT-VALUE}.")
  private long pauseMicros;

  @Option(
      names = "--bound",
      defaultValue = "-1",
      description =
          "The most records that one kill may repeat: finished and not committed, and received and"
              + " not finished. Default: Millrace's.")
  private long bound;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of the moments of the kills. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--jvm",
      split = " ",
      defaultValue = "-Xmx256m -XX:+UseParallelGC",
      description = "Flags for the contender's JVM. Default: ${DEFAULT-VALUE}.")
  private List<String> contenderFlags = List.of();

  private final Progress progress = Progress.here();

  @Mixin private Program program = new Program(progress);

  public static void main(String[] args) {
    Program.start(new KillNine(), args);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Machine machine = Machine.here();
    String startedAt = Program.now();
    Ledger ledger = new Ledger(records);
    long millis;
    try (Broker broker = Broker.start(Folders.LOGS.resolve("broker.log"));
        Cluster cluster = new Cluster(broker.bootstrap(), PARTITIONS)) {
      Course course = Course.filled(cluster, "input", records, 200, seed, contenderFlags, progress);
      cluster.create(OUTPUT);
      long begun = System.currentTimeMillis();
      killAndFinish(course);
      millis = System.currentTimeMillis() - begun;
      cluster.read(OUTPUT, ledger::add);
    }
    KillRun run =
        new KillRun(
            startedAt,
            machine,
            contender.id(),
            records,
            kills,
            ledger.missing(),
            ledger.repeated(),
            kills * (bound < 0 ? millraceBound() : bound),
            millis);
    program.write(run);
    program.show(run);
    return run.passed() ? 0 : 1;
  }

  private static long millraceBound() {
    EngineSettings settings = EngineSettings.defaults();
    return (long) settings.commitRecords() + settings.outstandingRecords();
  }

  private void killAndFinish(Course course) throws IOException, InterruptedException {
    Random random = new Random(seed);
    long share = records / (kills + 1);
    for (int kill = 1; kill <= kills; kill++) {
      progress.begin("until kill %d of %d".formatted(kill, kills), records);
      long before = Cluster.total(course.cluster().ends(OUTPUT));
      long more = random.nextLong(share / 2, share);
      ChildJvm process = start(course);
      try {
        new Watch(course, process, OUTPUT, GROUP)
            .untilWritten(before + more, (millis, written) -> progress.at(written));
      } finally {
        process.kill();
      }
      progress.end("killed at %,d", Cluster.total(course.cluster().ends(OUTPUT)));
    }
    progress.begin("to the end", records);
    try (ChildJvm process = start(course)) {
      new Watch(course, process, OUTPUT, GROUP).untilCommitted();
    }
    progress.end("%,d records", Cluster.total(course.cluster().ends(OUTPUT)));
  }

  private ChildJvm start(Course course) throws IOException {
    return course.start(contender, OUTPUT, GROUP, Duration.ofNanos(pauseMicros * 1000), line -> {});
  }
}
