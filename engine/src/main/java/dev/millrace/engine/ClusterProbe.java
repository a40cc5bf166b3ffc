package dev.millrace.engine;

import dev.millrace.engine.call.KafkaPartition;
import dev.millrace.engine.core.PartitionView;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this process knows of the cluster beside its consumers: whether it answers, where the ends
/// of the logs are, the ids of topics, how long they keep their records. Asks every two seconds, on
/// a thread of its own, so that a slow answer never holds up a function.
final class ClusterProbe implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterProbe.class);
  private static final long EVERY_MILLIS = 2_000;
  private static final long LOOK_MILLIS = 250;
  private static final long PATIENCE_MILLIS = 8_000;

  /// A cluster that answered before and that no connection has led to for this long is gone.
  private static final long UNCONNECTED_MILLIS = 2_000;

  private final Admin admin;
  private final String clusterId;
  private final Supplier<Set<TopicPartition>> partitions;
  private final Supplier<Set<String>> topics;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("millrace-probe").unstarted(task));
  private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
  private final Map<String, String> origins = new ConcurrentHashMap<>();
  private final Map<String, Duration> retention = new ConcurrentHashMap<>();
  private volatile Set<String> missing = Set.of();
  private volatile String trouble = "";
  private volatile boolean answered;

  /// @param partitions those whose ends are of interest
  /// @param topics those whose ids and settings are of interest
  ClusterProbe(
      Admin admin,
      String clusterId,
      Supplier<Set<TopicPartition>> partitions,
      Supplier<Set<String>> topics) {
    this.admin = admin;
    this.clusterId = clusterId;
    this.partitions = partitions;
    this.topics = topics;
  }

  void start() {
    var unused =
        thread.scheduleWithFixedDelay(this::ask, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void ask() {
    try {
      askTopics();
      askEnds();
      answered = true;
      if (!trouble.isEmpty()) {
        trouble = "";
        LOG.info("The cluster answers again.");
      }
    } catch (ExecutionException e) {
      troubled(FailureText.words(e.getCause() == null ? e : e.getCause()));
    } catch (TimeoutException e) {
      troubled("the cluster does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again, and the lag would stand still.
      LOG.warn("The cluster's answer was not understood.", e);
    }
  }

  private void troubled(String words) {
    if (trouble.isEmpty()) {
      LOG.warn(
          "The cluster cannot be used: {}. Nothing is lost; functions go on when it is back.",
          words);
    }
    trouble = words;
  }

  /// Asks which topics there are, and for ids and retention of those.
  void askTopics() throws ExecutionException, InterruptedException, TimeoutException {
    Set<String> names = new HashSet<>(topics.get());
    look(names, answer(admin.listTopics().names()));
    names.removeAll(missing);
    Map<String, TopicDescription> described = answer(admin.describeTopics(names).allTopicNames());
    described.forEach(
        (topic, description) -> origins.put(topic, clusterId + "/" + description.topicId()));
    askRetention(names);
  }

  /// A login that may read and write may still not look at settings; then it is not known.
  private void askRetention(Set<String> names)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<ConfigResource, KafkaFuture<Config>> configs =
        admin
            .describeConfigs(
                names.stream()
                    .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                    .toList())
            .values();
    for (Map.Entry<ConfigResource, KafkaFuture<Config>> entry : configs.entrySet()) {
      String topic = entry.getKey().name();
      retention.remove(topic);
      try {
        Config config = answer(entry.getValue());
        long millis = Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value());
        if (millis >= 0) {
          retention.put(topic, Duration.ofMillis(millis));
        }
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof AuthorizationException)) {
          throw e;
        }
      }
    }
  }

  /// Waits less long for a cluster that is gone than for one that is slow.
  private <T> T answer(KafkaFuture<T> asked)
      throws ExecutionException, InterruptedException, TimeoutException {
    long begin = System.nanoTime();
    long unconnected = begin;
    while (true) {
      try {
        return asked.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        long now = System.nanoTime();
        if (!answered || isConnected()) {
          unconnected = now;
        }
        if (TimeUnit.NANOSECONDS.toMillis(now - begin) >= PATIENCE_MILLIS
            || TimeUnit.NANOSECONDS.toMillis(now - unconnected) >= UNCONNECTED_MILLIS) {
          throw e;
        }
      }
    }
  }

  /// Whether the admin client has a connection, also one that is being made.
  private boolean isConnected() {
    return admin.metrics().entrySet().stream()
        .filter(each -> each.getKey().name().equals("connection-count"))
        .anyMatch(each -> each.getValue().metricValue() instanceof Double open && open > 0);
  }

  private void look(Set<String> wanted, Set<String> there) {
    Set<String> gone = new TreeSet<>(wanted);
    gone.removeAll(there);
    for (String topic : gone) {
      if (!missing.contains(topic)) {
        LOG.warn(
            "The topic '{}' is not there. Its functions wait for it; create it with 'millrace"
                + " topics create {}'.",
            topic,
            topic);
      }
    }
    for (String topic : missing) {
      if (there.contains(topic)) {
        LOG.info("The topic '{}' is there.", topic);
      }
    }
    missing = gone;
  }

  private void askEnds() throws ExecutionException, InterruptedException, TimeoutException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (TopicPartition partition : partitions.get()) {
      if (!missing.contains(partition.topic())) {
        latest.put(partition, OffsetSpec.latest());
      }
    }
    if (latest.isEmpty()) {
      return;
    }
    ListOffsetsResult found =
        admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
    for (TopicPartition partition : latest.keySet()) {
      try {
        ends.put(partition, answer(found.partitionResult(partition)).offset());
      } catch (ExecutionException e) {
        // A partition without a leader keeps its last known end, and does not hide the others'.
        if (!(e.getCause() instanceof RetriableException)) {
          throw e;
        }
      }
    }
    ends.keySet().retainAll(latest.keySet());
  }

  /// Whether the cluster answered the last time.
  boolean connected() {
    return trouble.isEmpty();
  }

  /// Why it did not.
  String trouble() {
    return trouble;
  }

  /// Whether there was no such topic when the cluster answered the last time.
  boolean isMissing(String topic) {
    return missing.contains(topic);
  }

  /// Cluster id and topic id with a slash between.
  String origin(String topic) {
    return origins.getOrDefault(topic, "unknown/" + topic);
  }

  /// Records behind these frontiers; -1 while an end is not known.
  long lag(List<PartitionView> partitions) {
    long lag = 0;
    for (PartitionView partition : partitions) {
      Long end = ends.get(KafkaPartition.of(partition.partition()));
      if (end == null) {
        return -1;
      }
      lag += Math.max(0, end - partition.frontier().offset());
    }
    return lag;
  }

  /// When a record of this time may be deleted.
  Optional<Instant> expiry(String topic, long timestamp) {
    Duration kept = retention.get(topic);
    return kept == null || timestamp < 0
        ? Optional.empty()
        : Optional.of(Instant.ofEpochMilli(timestamp).plus(kept));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
