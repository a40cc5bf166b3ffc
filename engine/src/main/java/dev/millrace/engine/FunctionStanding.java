package dev.millrace.engine;

import dev.millrace.engine.call.KafkaPartition;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.PartitionView;
import dev.millrace.engine.core.PartitionView.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the word for how a function stands, and why: the worst that is true of it, but PAUSED
/// hides what is so because somebody asked for it.
final class FunctionStanding {
  /// Older work than this makes a function LAGGING.
  private static final Duration LAGGING = Duration.ofMinutes(1);

  /// Work that has not moved for this long makes it STALLED.
  private static final Duration STALLED = Duration.ofMinutes(1);

  private final FunctionRun run;
  private final ClusterProbe probe;
  private final List<PartitionView> partitions;
  private final long now;

  private record Verdict(FunctionStatus.Word word, String reason) {}

  private FunctionStanding(FunctionRun run, ClusterProbe probe, long now) {
    this.run = run;
    this.probe = probe;
    this.partitions = run.partitions();
    this.now = now;
  }

  /// @param now in the core's time
  static FunctionStatus of(FunctionRun run, ClusterProbe probe, long now) {
    return new FunctionStanding(run, probe, now).status();
  }

  private FunctionStatus status() {
    long lag = probe.lag(partitions);
    Duration lagTime = lag == 0 ? Duration.ZERO : age();
    List<FunctionStatus.StoppedPartition> stopped = stopped();
    Verdict verdict = judge(lag, lagTime, stopped);
    return new FunctionStatus(
        run.definition().name(),
        verdict.word(),
        verdict.reason(),
        partitions.size(),
        run.meters().recordsIn(),
        run.meters().recordsOut(),
        lag,
        lagTime,
        stopped);
  }

  private Verdict judge(long lag, Duration lagTime, List<FunctionStatus.StoppedPartition> stopped) {
    Optional<Throwable> defect = run.defect();
    if (defect.isPresent()) {
      return new Verdict(
          FunctionStatus.Word.STOPPED, "a defect of Millrace: " + FailureText.words(defect.get()));
    }
    if (!probe.connected()) {
      return new Verdict(FunctionStatus.Word.DOWN, probe.trouble());
    }
    Optional<String> trouble = run.trouble();
    if (trouble.isPresent()) {
      return new Verdict(FunctionStatus.Word.DOWN, trouble.get());
    }
    Optional<String> missing = run.missingTopic();
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
    if (run.paused()) {
      return new Verdict(FunctionStatus.Word.PAUSED, "");
    }
    for (PartitionView partition : partitions) {
      if (partition.condition() instanceof Condition.Waiting(long until, Failure failure)) {
        return new Verdict(
            FunctionStatus.Word.FAILING,
            partition.partition()
                + " @ "
                + partition.frontier()
                + ": "
                + FailureText.sentence(failure));
      }
    }
    for (PartitionView partition : partitions) {
      long still = now - partition.progressMillis();
      if (partition.records() > 0 && still > STALLED.toMillis()) {
        return new Verdict(
            FunctionStatus.Word.STALLED,
            partition.partition()
                + " @ "
                + partition.frontier()
                + " for "
                + still / 1000
                + " s: "
                + (partition.calling()
                    ? "the call has not returned"
                    : "outputs or commits are not acknowledged"));
      }
    }
    if (!run.assigned() || lag < 0) {
      return new Verdict(FunctionStatus.Word.UNKNOWN, "waiting for partitions");
    }
    if (lag > 0 && lagTime.compareTo(LAGGING) > 0) {
      return new Verdict(FunctionStatus.Word.LAGGING, lag + " records behind");
    }
    return lag == 0
        ? new Verdict(FunctionStatus.Word.IDLE, "")
        : new Verdict(FunctionStatus.Word.OK, "");
  }

  private List<FunctionStatus.StoppedPartition> stopped() {
    List<FunctionStatus.StoppedPartition> stopped = new ArrayList<>();
    for (PartitionView partition : partitions) {
      if (partition.condition() instanceof Condition.Stopped condition) {
        stopped.add(
            new FunctionStatus.StoppedPartition(
                KafkaPartition.of(partition.partition()),
                condition.first().offset(),
                Instant.now().minusMillis(now - condition.sinceMillis()),
                condition.attempts(),
                condition.failure(),
                probe.expiry(partition.partition().topic(), condition.timestamp())));
      }
    }
    return stopped;
  }

  private Duration age() {
    long oldest =
        partitions.stream()
            .mapToLong(PartitionView::oldestTimestamp)
            .filter(timestamp -> timestamp >= 0)
            .min()
            .orElse(Long.MAX_VALUE);
    // A producer's clock may run ahead of ours.
    return oldest == Long.MAX_VALUE
        ? Duration.ZERO
        : Duration.ofMillis(Math.max(0, System.currentTimeMillis() - oldest));
  }
}
