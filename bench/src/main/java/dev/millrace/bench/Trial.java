package dev.millrace.bench;

import dev.millrace.bench.contender.Peer;
import dev.millrace.bench.contender.Report;
import dev.millrace.bench.report.Measurement;
import dev.millrace.bench.stage.ChildJvm;
import dev.millrace.bench.stage.Cluster;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/// One contender once through the whole input:
///
/// 1. A new output topic and a new group; the contender's JVM starts.
/// 2. Its function tells when the first record has reached it. The clock starts.
/// 3. All records are in the output topic, acknowledged.
/// 4. The group's offsets are the input's ends. The clock stops.
/// 5. The contender ends. The output has as many records as the input, or the trial is void.
final class Trial {
  private final Course course;
  private final long warmUpRecords;
  private final DoubleSupplier brokerCpu;
  private final Progress progress;

  /// @param warmUpRecords the first records, whose time is taken apart
  /// @param brokerCpu the broker's CPU seconds until now
  Trial(Course course, long warmUpRecords, DoubleSupplier brokerCpu, Progress progress) {
    this.course = course;
    this.warmUpRecords = warmUpRecords;
    this.brokerCpu = brokerCpu;
    this.progress = progress;
  }

  /// Runs it.
  ///
  /// @param name of this trial, for its topic, group and log
  Measurement run(Peer peer, String name) throws IOException, InterruptedException {
    String output = name + "-output";
    course.cluster().create(output);
    try {
      return run(peer, name, output);
    } finally {
      course.cluster().delete(List.of(output));
    }
  }

  private Measurement run(Peer peer, String group, String output)
      throws IOException, InterruptedException {
    AtomicReference<Report.@Nullable FirstRecord> start = new AtomicReference<>();
    WarmUp warmUp = new WarmUp(warmUpRecords);
    long acknowledged;
    long committed;
    double cpu;
    double cpuOfBroker;
    try (ChildJvm contender =
        course.start(
            peer,
            output,
            group,
            Duration.ZERO,
            line -> {
              if (Report.parse(line) instanceof Report.FirstRecord first) {
                start.set(first);
              }
            })) {
      double brokerBefore = brokerCpu.getAsDouble();
      Watch watch = new Watch(course, contender, output, group);
      acknowledged =
          watch.untilWritten(
              course.records(),
              (millis, written) -> {
                warmUp.at(millis, written);
                progress.at(written);
              });
      committed = watch.untilCommitted();
      cpu = contender.cpuSeconds();
      cpuOfBroker = brokerCpu.getAsDouble() - brokerBefore;
      contender.requireAlive();
    }
    long written = Cluster.total(course.cluster().ends(output));
    if (written != course.records()) {
      throw new IllegalStateException(
          "[%s] wrote %d records for %d".formatted(peer.id(), written, course.records()));
    }
    Report.FirstRecord first = Objects.requireNonNull(start.get(), "the first record was reported");
    return new Measurement(
        peer.id(),
        warmUp.endedAtMillis() - first.atMillis(),
        acknowledged - first.atMillis(),
        committed - first.atMillis(),
        cpu,
        first.cpuSeconds(),
        cpuOfBroker);
  }
}
