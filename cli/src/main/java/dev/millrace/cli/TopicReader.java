package dev.millrace.cli;

import dev.millrace.engine.kafka.Topics.Partition;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Reads a topic without a group: committed records only, up to the end as it was at the start, or
/// for ever.
final class TopicReader implements AutoCloseable {
  private static final Duration WAIT = Duration.ofMillis(250);

  /// How often to ask whether topic and cluster are still there.
  private static final Duration CHECK = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final String topic;
  private final boolean follow;
  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
  private final Consumer<String> notes;
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private final Set<TopicPartition> unfinished = new HashSet<>();
  private final boolean whole;
  private long lastCheck = System.nanoTime();

  /// @param partition the only partition to read; empty = all
  /// @param follow whether to go on at the end
  /// @param notes takes sentences about what could not be read
  TopicReader(
      Cluster cluster,
      String topic,
      OptionalInt partition,
      Start from,
      boolean follow,
      Consumer<String> notes) {
    this(
        cluster,
        topic,
        partition,
        (reader, partitions) -> reader.starts(partitions, from),
        follow,
        notes);
  }

  /// Where to begin in each of these partitions.
  private interface Beginning {
    Map<TopicPartition, Long> in(TopicReader reader, Map<TopicPartition, Partition> partitions);
  }

  private TopicReader(
      Cluster cluster,
      String topic,
      OptionalInt partition,
      Beginning beginning,
      boolean follow,
      Consumer<String> notes) {
    this.cluster = cluster;
    this.topic = topic;
    this.follow = follow;
    this.notes = notes;
    Map<TopicPartition, Partition> partitions = partitions(partition);
    partitions.forEach((each, known) -> ends.put(each, known.end()));
    Map<TopicPartition, Long> starts = beginning.in(this, partitions);
    this.whole = starts.equals(oldest(partitions));
    starts.forEach((each, start) -> {
      if (follow || start < end(each)) {
        unfinished.add(each);
      }
    });
    this.consumer = cluster.clients().reader();
    consumer.assign(unfinished);
    starts.forEach((each, start) -> {
      if (unfinished.contains(each)) {
        consumer.seek(each, start);
      }
    });
  }

  /// Reads the last so many offsets of each partition.
  static TopicReader ofTail(Cluster cluster, String topic, long offsets) {
    return new TopicReader(
        cluster,
        topic,
        OptionalInt.empty(),
        (_, partitions) -> {
          Map<TopicPartition, Long> starts = new HashMap<>();
          partitions.forEach((each, known) ->
              starts.put(each, Math.max(known.beginning(), known.end() - offsets)));
          return starts;
        },
        false,
        _ -> {}); // The newest are still there when the oldest of them are deleted.
  }

  private Map<TopicPartition, Partition> partitions(OptionalInt only) {
    List<Partition> all = cluster.topics().describe(topic).partitions();
    if (only.isPresent() && (only.getAsInt() < 0 || only.getAsInt() >= all.size())) {
      throw new SetupException(
          "--partition",
          "topic " + topic + " has no partition " + only.getAsInt(),
          all.size() == 1
              ? "It has one partition, 0"
              : "It has partitions 0 to " + (all.size() - 1));
    }
    Map<TopicPartition, Partition> wanted = new HashMap<>();
    for (Partition each : all) {
      if (only.isEmpty() || only.getAsInt() == each.partition()) {
        wanted.put(new TopicPartition(topic, each.partition()), each);
      }
    }
    return wanted;
  }

  private Map<TopicPartition, Long> starts(Map<TopicPartition, Partition> partitions, Start from) {
    return switch (from) {
      case Start.Earliest _ -> oldest(partitions);
      case Start.Latest _ -> Map.copyOf(ends);
      case Start.Offset(long offset) -> at(offset, oldest(partitions));
      case Start.At(Instant time) -> since(partitions.keySet(), time);
      case Start.Back(Duration age) -> since(partitions.keySet(), Instant.now().minus(age));
    };
  }

  private static Map<TopicPartition, Long> oldest(Map<TopicPartition, Partition> partitions) {
    Map<TopicPartition, Long> oldest = new HashMap<>();
    partitions.forEach((each, known) -> oldest.put(each, known.beginning()));
    return oldest;
  }

  private Map<TopicPartition, Long> since(Set<TopicPartition> partitions, Instant time) {
    Map<TopicPartition, Long> found =
        cluster.topics().offsets(partitions, OffsetSpec.forTimestamp(time.toEpochMilli()));
    found.replaceAll((each, offset) -> offset < 0 ? end(each) : offset);
    return found;
  }

  private Map<TopicPartition, Long> at(long offset, Map<TopicPartition, Long> first) {
    long furthest = ends.values().stream().mapToLong(Long::longValue).max().orElse(0);
    if (furthest < offset) {
      throw new SetupException(
          "--from",
          "topic " + topic + " ends before offset " + offset,
          "Its end is " + furthest + " now; '--from latest --follow' waits for what comes");
    }
    Map<TopicPartition, Long> starts = new HashMap<>();
    first.forEach((each, oldest) -> {
      if (offset < oldest) {
        notes.accept(
            "[%s] offsets %d to %d are no longer there. Reading from %d."
                .formatted(each, offset, oldest - 1, oldest));
      }
      starts.put(each, Math.min(Math.max(offset, oldest), end(each)));
    });
    return starts;
  }

  private long end(TopicPartition partition) {
    return ends.getOrDefault(partition, 0L);
  }

  /// Whether it began with the oldest records.
  boolean whole() {
    return whole;
  }

  /// Whether everything was read.
  boolean done() {
    return !follow && unfinished.isEmpty();
  }

  /// The next records; none when there are none at the moment.
  List<ConsumerRecord<byte[], byte[]>> poll() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try {
      for (ConsumerRecord<byte[], byte[]> next : consumer.poll(WAIT)) {
        TopicPartition partition = new TopicPartition(next.topic(), next.partition());
        if (follow || next.offset() < end(partition)) {
          records.add(next);
        }
      }
      if (!follow) {
        finish();
      }
    } catch (OffsetOutOfRangeException e) {
      Set<TopicPartition> gone = e.offsetOutOfRangePartitions().keySet();
      consumer.seekToBeginning(gone);
      gone.forEach(each ->
          notes.accept(
              "[%s] the records from %d on were deleted. Reading from the oldest one left."
                  .formatted(each, e.offsetOutOfRangePartitions().get(each))));
    } catch (KafkaException e) {
      throw cluster.translate(e);
    }
    if (System.nanoTime() - lastCheck > CHECK.toNanos()) {
      cluster.topics().describe(topic);
      lastCheck = System.nanoTime();
    }
    return records;
  }

  /// Lets go of the partitions that were read to their end: by position, since the last offsets
  /// before the end may belong to no record.
  private void finish() {
    List<TopicPartition> finished =
        unfinished.stream().filter(each -> consumer.position(each) >= end(each)).toList();
    consumer.pause(finished);
    finished.forEach(unfinished::remove);
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofMillis(500)));
  }
}
