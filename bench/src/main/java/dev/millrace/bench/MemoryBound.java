package dev.millrace.bench;

import dev.millrace.bench.contender.Peer;
import dev.millrace.bench.contender.Report;
import dev.millrace.bench.report.MemoryRun;
import dev.millrace.bench.report.Page;
import dev.millrace.bench.report.Results;
import dev.millrace.bench.stage.Broker;
import dev.millrace.bench.stage.ChildJvm;
import dev.millrace.bench.stage.Cluster;
import dev.millrace.bench.stage.Machine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Watches the memory of a contender with a small heap while it works off a large backlog.
@Command(
    name = "MemoryBound",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 100,
    description = "Memory of a contender while it works off a backlog.")
public final class MemoryBound implements Callable<Integer> {
  private static final int PARTITIONS = 4;
  private static final long SAMPLE_MILLIS = 250;

  @Option(
      names = "--contender",
      defaultValue = "millrace",
      description = "Which of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Peer contender = Peer.MILLRACE;

  @Option(
      names = "--bytes",
      defaultValue = "1000",
      description = "Size of a value. Default: ${DEFAULT-VALUE}.")
  private int bytes;

  @Option(
      names = "--backlog",
      defaultValue = "2000",
      description = "Size of the backlog in MB, uncompressed. Default: ${DEFAULT-VALUE}.")
  private long backlog;

  @Option(
      names = "--jvm",
      split = " ",
      defaultValue = "-Xmx256m -XX:+UseParallelGC",
      description = "Flags for the contender's JVM. Default: ${DEFAULT-VALUE}.")
  private List<String> contenderFlags = List.of();

  @Option(
      names = "--keep",
      description =
          "Keep the numbers in bench/results and put them on docs/benchmarks.md. Otherwise they go"
              + " to bench/results/scratch.")
  private boolean keep;

  private final Progress progress = Progress.here();

  public static void main(String[] args) {
    System.setProperty("logback.configurationFile", "bench-logback.xml");
    System.exit(
        new CommandLine(new MemoryBound()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    long records = backlog * 1_000_000 / bytes;
    Folders.requireRoom(2 * records * (bytes + 20), progress);
    String startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Machine machine = Machine.here();
    List<MemoryRun.Sample> samples;
    try (Broker broker = Broker.start(Folders.LOGS.resolve("broker.log"));
        Cluster cluster = new Cluster(broker.bootstrap(), PARTITIONS)) {
      samples =
          samples(Course.filled(cluster, "backlog", records, bytes, 1, contenderFlags, progress));
    }
    MemoryRun run =
        new MemoryRun(startedAt, machine, contender.id(), bytes, records, contenderFlags, samples);
    Results results = new Results(keep ? Folders.KEPT : Folders.SCRATCH);
    progress.say("numbers: %s", results.write(run));
    System.out.print(Page.render(List.of(run)));
    if (keep) {
      Page.update(Folders.PAGE, results);
    }
    return 0;
  }

  private List<MemoryRun.Sample> samples(Course course) throws IOException, InterruptedException {
    List<MemoryRun.Sample> samples = new ArrayList<>();
    AtomicLong heap = new AtomicLong();
    course.cluster().create("worked-off");
    progress.begin("working off, " + contender.id(), course.records());
    long begun = System.currentTimeMillis();
    AtomicLong due = new AtomicLong(begun);
    try (ChildJvm process =
        course.start(
            contender,
            "worked-off",
            "memory-bound-" + contender.id(),
            Duration.ZERO,
            line -> {
              if (Report.parse(line) instanceof Report.Heap(long usedBytes)) {
                heap.set(usedBytes);
              }
            })) {
      Watch watch = new Watch(course, process, "worked-off", "memory-bound-" + contender.id());
      watch.untilWritten(
          course.records(),
          (millis, written) -> {
            progress.at(written);
            if (millis >= due.get()) {
              due.set(millis + SAMPLE_MILLIS);
              samples.add(
                  new MemoryRun.Sample(
                      millis - begun, written, process.residentBytes(), heap.get()));
            }
          });
      watch.untilCommitted();
    }
    progress.end("%.1f s", (System.currentTimeMillis() - begun) / 1e3);
    return samples;
  }
}
