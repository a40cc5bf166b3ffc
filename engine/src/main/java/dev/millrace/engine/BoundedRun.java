package dev.millrace.engine;

import dev.millrace.engine.kafka.ClusterProblems;
import dev.millrace.engine.problem.SetupException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends functions where the data ends: a function is done when its *group* has committed everything
/// up to its bound, whoever committed it. Functions that read what others of the run write get
/// their bound when those are done.
public final class BoundedRun {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /// How far a function is.
  ///
  /// @param function its name
  /// @param done records committed of this run
  /// @param total records of this run
  public record Progress(String function, long done, long total) {}

  private static final Logger LOG = LoggerFactory.getLogger(BoundedRun.class);

  private final Admin admin;
  private final ClusterProblems problems;
  private final Optional<Instant> until;
  private final Consumer<Progress> progress;
  private final List<FunctionRun> waiting;
  private final Map<FunctionRun, Target> targets = new HashMap<>();
  private final List<FunctionRun> unfinished = new ArrayList<>();
  private boolean away;

  /// The cluster does not answer now; it may later.
  private static final class NoAnswer extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Throwable cause;

    NoAnswer(Throwable cause) {
      super(cause);
      this.cause = cause;
    }
  }

  /// Throws a [SetupException] where functions feed each other in a circle: they have no end.
  ///
  /// @param runs functions of the engine, started
  /// @param until where to end; empty for where the topics end now
  /// @param progress told at each look
  public BoundedRun(
      Engine engine, List<FunctionRun> runs, Optional<Instant> until, Consumer<Progress> progress) {
    this.admin = engine.admin();
    this.problems = engine.problems();
    this.until = until;
    this.progress = progress;
    this.waiting = inOrder(runs);
  }

  /// Every function after those that write its topics.
  private static List<FunctionRun> inOrder(List<FunctionRun> runs) {
    List<FunctionRun> left = new ArrayList<>(runs);
    List<FunctionRun> ordered = new ArrayList<>();
    while (!left.isEmpty()) {
      List<FunctionRun> next =
          left.stream().filter(run -> left.stream().noneMatch(other -> feeds(other, run))).toList();
      if (next.isEmpty()) {
        throw new SetupException(
            "--until",
            "the functions "
                + String.join(", ", left.stream().map(run -> run.definition().name()).toList())
                + " feed each other in a circle, so there is no end",
            "Run them without --until");
      }
      ordered.addAll(next);
      left.removeAll(next);
    }
    return ordered;
  }

  private static boolean feeds(FunctionRun from, FunctionRun to) {
    return from.definition().outputs().stream()
        .anyMatch(output -> to.definition().topics().contains(output.topic()));
  }

  /// Looks how far the functions are, and stops those that are done or cannot advance.
  ///
  /// @return whether all have ended
  public boolean advance() throws InterruptedException {
    try {
      look();
      away = false;
    } catch (NoAnswer e) {
      if (!away) {
        away = true;
        LOG.warn(
            "[--until] the cluster does not answer: {}. Nothing is lost; the run goes on when it is"
                + " back.",
            FailureText.words(e.cause));
      }
    }
    return waiting.isEmpty();
  }

  private void look() throws InterruptedException {
    for (FunctionRun run : List.copyOf(waiting)) {
      if (waiting.stream().anyMatch(other -> other != run && feeds(other, run))) {
        continue;
      }
      Target target = targets.get(run);
      if (target == null) {
        target = target(run);
        targets.put(run, target);
        run.bound(target.ends());
      }
      switch (state(run, target)) {
        case DONE -> end(run, waiting);
        case STUCK -> {
          unfinished.add(run);
          end(run, waiting);
        }
        case ADVANCING -> {}
      }
    }
  }

  /// The functions that could not be finished, because partitions stopped.
  public List<FunctionRun> unfinished() {
    return List.copyOf(unfinished);
  }

  private static void end(FunctionRun run, List<FunctionRun> waiting) throws InterruptedException {
    run.stop();
    run.awaitEnd();
    waiting.remove(run);
  }

  private enum State {
    ADVANCING,
    DONE,
    STUCK
  }

  /// Where a function starts and ends in this run.
  private record Target(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {}

  private State state(FunctionRun run, Target target) throws InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> committed = committed(run);
    Set<TopicPartition> open = new HashSet<>();
    long done = 0;
    long total = 0;
    for (Map.Entry<TopicPartition, Long> end : target.ends().entrySet()) {
      long start = target.starts().getOrDefault(end.getKey(), 0L);
      OffsetAndMetadata at = committed.get(end.getKey());
      long offset = at == null ? start : Math.min(at.offset(), end.getValue());
      total += Math.max(0, end.getValue() - start);
      done += Math.max(0, offset - start);
      // Positions are compared, never counts: markers and compaction leave holes.
      if ((at == null || at.offset() < end.getValue()) && start < end.getValue()) {
        open.add(end.getKey());
      }
    }
    progress.accept(new Progress(run.definition().name(), done, total));
    if (open.isEmpty()) {
      return State.DONE;
    }
    Set<TopicPartition> stopped = new HashSet<>();
    run.status().stopped().forEach(one -> stopped.add(one.partition()));
    boolean stuck = stopped.containsAll(open) || run.defect().isPresent() || run.lacksTopic();
    return stuck ? State.STUCK : State.ADVANCING;
  }

  private Target target(FunctionRun run) throws InterruptedException {
    List<TopicPartition> partitions = partitions(run.definition().topics());
    Map<TopicPartition, Long> starts = offsets(partitions, OffsetSpec.earliest());
    committed(run).forEach((partition, at) -> starts.merge(partition, at.offset(), Math::max));
    Map<TopicPartition, Long> ends = new HashMap<>(offsets(partitions, OffsetSpec.latest()));
    if (until.isPresent()) {
      // No offset means that nothing is as late as that: the end.
      offsets(partitions, OffsetSpec.forTimestamp(until.get().toEpochMilli()))
          .forEach((partition, offset) -> {
            if (offset >= 0) {
              ends.put(partition, offset);
            }
          });
    }
    return new Target(starts, ends);
  }

  private List<TopicPartition> partitions(List<String> topics) throws InterruptedException {
    List<TopicPartition> partitions = new ArrayList<>();
    for (TopicDescription topic : ask(admin.describeTopics(topics).allTopicNames()).values()) {
      topic
          .partitions()
          .forEach(info -> partitions.add(new TopicPartition(topic.name(), info.partition())));
    }
    return partitions;
  }

  private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec spec)
      throws InterruptedException {
    Map<TopicPartition, OffsetSpec> question = new HashMap<>();
    partitions.forEach(partition -> question.put(partition, spec));
    Map<TopicPartition, ListOffsetsResultInfo> found =
        ask(
            admin
                .listOffsets(question, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all());
    Map<TopicPartition, Long> offsets = new HashMap<>();
    found.forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(FunctionRun run)
      throws InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> found =
        ask(admin.listConsumerGroupOffsets(run.group()).partitionsToOffsetAndMetadata());
    Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    // A partition without a commit is there with null.
    found.forEach((partition, offset) -> {
      if (offset != null) {
        committed.put(partition, offset);
      }
    });
    return committed;
  }

  private <T> T ask(KafkaFuture<T> answer) throws InterruptedException {
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new NoAnswer(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException) {
        throw new NoAnswer(e.getCause());
      }
      throw problems.translate(e);
    }
  }
}
