package dev.millrace.engine;

import dev.millrace.engine.call.KafkaPartition;
import dev.millrace.engine.core.PartitionView;
import dev.millrace.engine.kafka.ClusterProblems;
import dev.millrace.engine.loop.Bounds;
import dev.millrace.engine.problem.SetupException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs functions to where the data ends: a function is done when its *group* has committed
/// everything up to its bound, whoever committed it.
///
/// A function knows its bound before it reads. Functions that read what others of the run write
/// start with those: at a time they are bounded by it from their first record on, and where their
/// topics end is known when those others are done.
public final class BoundedRun {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration STANDSTILL = Duration.ofSeconds(30);

  /// How far a function is.
  ///
  /// @param function its name
  /// @param done records committed of this run
  /// @param total records of this run
  /// @param standing unfinished partitions that others of the group have and that do not move
  public record Progress(String function, long done, long total, Set<String> standing) {}

  /// A function that could not be finished.
  ///
  /// @param run the function
  /// @param status how it stood when nothing could advance any more
  public record Unfinished(FunctionRun run, FunctionStatus status) {}

  private static final Logger LOG = LoggerFactory.getLogger(BoundedRun.class);

  private final Admin admin;
  private final ClusterProblems problems;
  private final Optional<Instant> until;
  private final Consumer<Progress> progress;
  private final Duration standstill;
  private final List<FunctionRun> waiting;
  private final Map<FunctionRun, Map<String, String>> topicIds = new HashMap<>();
  private final Map<FunctionRun, Target> targets = new HashMap<>();
  private final Set<FunctionRun> fed = new HashSet<>();
  private final List<Unfinished> unfinished = new ArrayList<>();
  private boolean away;

  /// Nobody has joined the group yet.
  private static final class NoSuchGroup extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

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
  /// @param runs functions of the engine; the first look starts those that are only prepared
  /// @param until where to end; empty for where the topics end now
  /// @param progress told at each look
  public BoundedRun(
      Engine engine, List<FunctionRun> runs, Optional<Instant> until, Consumer<Progress> progress) {
    this(engine, runs, until, progress, STANDSTILL);
  }

  /// @param standstill how long a partition of another member may stand before that is said
  BoundedRun(
      Engine engine,
      List<FunctionRun> runs,
      Optional<Instant> until,
      Consumer<Progress> progress,
      Duration standstill) {
    this.admin = engine.admin();
    this.problems = engine.problems();
    this.until = until;
    this.progress = progress;
    this.standstill = standstill;
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
      Optional<String> lost = lost(run);
      if (lost.isPresent()) {
        unfinished.add(new Unfinished(run, run.status().down(lost.get())));
        end(run, waiting);
        continue;
      }
      if (waiting.stream().anyMatch(other -> other != run && feeds(other, run))) {
        startFed(run);
        continue;
      }
      Target target = targets.get(run);
      if (target == null) {
        target = target(run);
        targets.put(run, target);
        run.bound(new Bounds(target.ends(), Long.MAX_VALUE));
      }
      run.start();
      switch (state(run, target)) {
        case State.Done() -> end(run, waiting);
        case State.Stuck(FunctionStatus status) -> {
          unfinished.add(new Unfinished(run, status));
          end(run, waiting);
        }
        case State.Advancing() -> {}
      }
    }
  }

  /// A topic that went away took its end with it: nothing that comes in its place is of this run.
  private Optional<String> lost(FunctionRun run) {
    Optional<String> missing = run.missingTopic();
    if (missing.isPresent()) {
      return Optional.of("the topic '" + missing.get() + "' is not there");
    }
    Map<String, String> ids = run.topicIds();
    Map<String, String> before = topicIds.putIfAbsent(run, ids);
    return before == null
        ? Optional.empty()
        : before.entrySet().stream()
            .filter(topic -> !topic.getValue().equals(ids.get(topic.getKey())))
            .map(topic -> "the topic '" + topic.getKey() + "' was deleted and created again")
            .findFirst();
  }

  /// Its topics go on growing while the others write, so only a time is known to be an end.
  private void startFed(FunctionRun run) throws InterruptedException {
    if (fed.contains(run)) {
      return;
    }
    if (until.isPresent()) {
      run.bound(
          new Bounds(
              firstSince(partitions(run.definition().topics()), until.get()),
              until.get().toEpochMilli()));
    }
    run.start();
    fed.add(run);
  }

  /// The functions that could not be finished: partitions stopped, or a topic went away.
  public List<Unfinished> unfinished() {
    return List.copyOf(unfinished);
  }

  private static void end(FunctionRun run, List<FunctionRun> waiting) throws InterruptedException {
    run.stop();
    run.awaitEnd();
    waiting.remove(run);
  }

  private sealed interface State {
    record Advancing() implements State {}

    record Done() implements State {}

    /// @param status how it stands, since nothing can advance any more
    record Stuck(FunctionStatus status) implements State {}
  }

  /// Where a function starts and ends in this run.
  private record Target(
      Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends, Standstill standstill) {}

  private State state(FunctionRun run, Target target) throws InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> committed = committed(run);
    Map<TopicPartition, Long> open = new HashMap<>();
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
        open.put(end.getKey(), offset);
      }
    }
    if (run.commitsFirst()) {
      addUnfinished(run, target, open);
    }
    progress.accept(
        new Progress(run.definition().name(), done, total, standing(run, target, open)));
    if (open.isEmpty()) {
      return new State.Done();
    }
    if (run.defect().isPresent() || run.ended()) {
      return new State.Stuck(run.status());
    }
    run.status().stopped().forEach(one -> open.remove(one.partition()));
    if (open.isEmpty()) {
      return new State.Stuck(run.status());
    }
    return cutBack(open, target)
        .<State>map(why -> new State.Stuck(run.status().down(why)))
        .orElseGet(State.Advancing::new);
  }

  /// What is committed before it is called is not done with that.
  private static void addUnfinished(
      FunctionRun run, Target target, Map<TopicPartition, Long> open) {
    for (PartitionView view : run.partitions()) {
      TopicPartition partition = KafkaPartition.of(view.partition());
      long end = target.ends().getOrDefault(partition, 0L);
      long start = target.starts().getOrDefault(partition, 0L);
      if (start < end && (view.records() > 0 || view.frontier().offset() < end)) {
        open.putIfAbsent(partition, view.frontier().offset());
      }
    }
  }

  /// Why nothing more can come of these partitions: the cluster lost records, so that their logs
  /// end before the run does, and what is left is done. Empty while something can.
  ///
  /// @param open where the group stands in each
  private Optional<String> cutBack(Map<TopicPartition, Long> open, Target target)
      throws InterruptedException {
    Map<TopicPartition, Long> ends = offsets(List.copyOf(open.keySet()), OffsetSpec.latest());
    String why = "";
    for (Map.Entry<TopicPartition, Long> one : open.entrySet()) {
      long end = ends.getOrDefault(one.getKey(), Long.MAX_VALUE);
      long bound = target.ends().getOrDefault(one.getKey(), 0L);
      if (one.getValue() < end || bound <= end) {
        return Optional.empty();
      }
      why =
          "the cluster lost records of %s: it ends at %d now, and this run at %d"
              .formatted(one.getKey(), end, bound);
    }
    return Optional.of(why);
  }

  private Set<String> standing(FunctionRun run, Target target, Map<TopicPartition, Long> open)
      throws InterruptedException {
    Map<TopicPartition, Long> others = new HashMap<>(open);
    run.partitions().forEach(partition -> others.remove(KafkaPartition.of(partition.partition())));
    return target.standstill().look(others, Slot.monotonicMillis(), () -> members(run.group()));
  }

  private Collection<MemberDescription> members(String group) throws InterruptedException {
    try {
      return ask(admin.describeConsumerGroups(List.of(group)).all()).values().stream()
          .flatMap(one -> one.members().stream())
          .toList();
    } catch (NoSuchGroup e) {
      return List.of();
    }
  }

  private Target target(FunctionRun run) throws InterruptedException {
    List<TopicPartition> partitions = partitions(run.definition().topics());
    Map<TopicPartition, Long> starts = offsets(partitions, OffsetSpec.earliest());
    committed(run).forEach((partition, at) -> starts.merge(partition, at.offset(), Math::max));
    Map<TopicPartition, Long> ends = new HashMap<>(offsets(partitions, OffsetSpec.latest()));
    if (until.isPresent()) {
      ends.putAll(firstSince(partitions, until.get()));
    }
    return new Target(starts, ends, new Standstill(run.definition().name(), standstill));
  }

  /// Where the first record of this time or later is; without the partitions that have none.
  private Map<TopicPartition, Long> firstSince(List<TopicPartition> partitions, Instant time)
      throws InterruptedException {
    Map<TopicPartition, Long> first =
        offsets(partitions, OffsetSpec.forTimestamp(time.toEpochMilli()));
    first.values().removeIf(offset -> offset < 0);
    return first;
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
      if (e.getCause() instanceof GroupIdNotFoundException) {
        throw new NoSuchGroup();
      }
      throw problems.translate(e);
    }
  }
}
