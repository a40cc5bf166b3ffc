package dev.millrace.bench;

import dev.millrace.bench.contender.Peer;
import dev.millrace.bench.contender.Report;
import dev.millrace.bench.report.MemoryRun;
import dev.millrace.bench.stage.Broker;
import dev.millrace.bench.stage.ChildJvm;
import dev.millrace.bench.stage.Cluster;
import dev.millrace.bench.stage.Machine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  private final Progress progress = Progress.here();

  @Mixin private Program program = new Program(progress);

  public static void main(String[] args) {
    Program.start(new MemoryBound(), args);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    long records = backlog * 1_000_000 / bytes;
    Folders.requireRoom(2 * records * (bytes + 20), progress);
    String startedAt = Program.now();
    Machine machine = Machine.here();
    List<MemoryRun.Sample> samples;
    try (Broker broker = Broker.start(Folders.LOGS.resolve("broker.log"));
        Cluster cluster = new Cluster(broker.bootstrap(), PARTITIONS)) {
      samples =
          samples(Course.filled(cluster, "backlog", records, bytes, 1, contenderFlags, progress));
    }
    MemoryRun run =
        new MemoryRun(startedAt, machine, contender.id(), bytes, records, contenderFlags, samples);
    program.write(run);
    program.show(run);
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
