package dev.millrace.cli;

import dev.millrace.engine.kafka.RecordReader;
import dev.millrace.engine.kafka.Topics.Partition;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Reads a topic without a group: committed records only, up to the end as it was at the start, or
/// for ever.
final class TopicReader implements AutoCloseable {
  private final Cluster cluster;
  private final String topic;
  private final Consumer<String> notes;
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private final boolean whole;
  private final RecordReader reader;

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
    this.notes = notes;
    Map<TopicPartition, Partition> partitions = partitions(partition);
    partitions.forEach((each, known) -> ends.put(each, known.end()));
    Map<TopicPartition, Long> starts = beginning.in(this, partitions);
    this.whole = starts.equals(oldest(partitions));
    Map<TopicPartition, Long> until = new HashMap<>(ends);
    if (follow) {
      until.replaceAll((each, end) -> RecordReader.FOREVER);
    }
    this.reader =
        new RecordReader(cluster.clients(), cluster.topics(), starts, until, this::deleted);
  }

  private void deleted(TopicPartition partition, long from) {
    notes.accept(
        "[%s] the records from %d on were deleted. Reading from the oldest one left."
            .formatted(partition, from));
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
    return reader.done();
  }

  /// The next records; none when there are none at the moment.
  List<ConsumerRecord<byte[], byte[]>> poll() {
    return reader.poll();
  }

  @Override
  public void close() {
    reader.close();
  }
}
