package dev.millrace.bench;

import dev.millrace.bench.contender.KeyPeer;
import dev.millrace.bench.contender.KeyProcess;
import dev.millrace.bench.contender.Report;
import dev.millrace.bench.report.KeyMeasurement;
import dev.millrace.bench.stage.ChildJvm;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One contender once over the input under key order:
///
/// 1. A new group; the contender's JVM starts.
/// 2. Its function tells when the first record has reached it. The clock starts.
/// 3. All records were called, and the group's offsets are the input's ends; or the time is up. The
///    clock stops.
///
/// How many calls have ended, and how many of them out of order, the function counts itself.
final class KeyTrial {
  private static final Duration TICK = Duration.ofMillis(25);

  /// How long a contender may take to its first record, and to its next report.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Course course;
  private final Duration pause;
  private final int concurrency;
  private final Duration limit;
  private final Progress progress;

  /// @param pause how long the function waits for each record
  /// @param concurrency the most calls in flight
  /// @param limit how long a contender has
  KeyTrial(Course course, Duration pause, int concurrency, Duration limit, Progress progress) {
    this.course = course;
    this.pause = pause;
    this.concurrency = concurrency;
    this.limit = limit;
    this.progress = progress;
  }

  /// @param group of this trial, and its log's name
  KeyMeasurement run(KeyPeer peer, String group) throws IOException, InterruptedException {
    AtomicReference<Report.@Nullable FirstRecord> start = new AtomicReference<>();
    AtomicReference<Report.@Nullable Done> last = new AtomicReference<>();
    try (ChildJvm contender =
        ChildJvm.start(
            peer.id(),
            KeyProcess.class.getName(),
            course.contenderFlags(),
            KeyProcess.arguments(
                peer, course.cluster().bootstrap(), course.input(), group, concurrency, pause),
            Folders.LOGS.resolve(group + ".log"),
            line -> {
              switch (Report.parse(line)) {
                case Report.FirstRecord first -> start.set(first);
                case Report.Done done -> last.set(done);
                case Report.Heap _ -> {}
              }
            })) {
      Report.FirstRecord first = await(contender, start);
      Report.Done done = await(contender, last);
      while (done.calls() < course.records()
          && done.atMillis() - first.atMillis() < limit.toMillis()) {
        Thread.sleep(TICK);
        done = await(contender, last);
        progress.at(done.calls());
      }
      boolean complete = done.calls() >= course.records();
      long end =
          complete ? new Watch(course, contender, "", group).untilCommitted() : done.atMillis();
      return new KeyMeasurement(
          peer.id(),
          done.calls(),
          end - first.atMillis(),
          complete,
          done.disorder(),
          done.cpuSeconds() - first.cpuSeconds());
    }
  }

  /// The newest report, which the contender makes many times a second.
  private static <R extends Report> R await(ChildJvm contender, AtomicReference<@Nullable R> report)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (report.get() == null) {
      contender.requireAlive();
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw contender.failed("got no record within " + PATIENCE.toSeconds() + " s");
      }
      Thread.sleep(TICK);
    }
    contender.requireAlive();
    return Objects.requireNonNull(report.get());
  }
}
