package dev.millrace.engine.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Reads partitions without a group: committed records only, from where it is told to where it is
/// told. Not safe for use by several threads.
public final class RecordReader implements AutoCloseable {
  /// As the end of a partition: there is none.
  public static final long FOREVER = Long.MAX_VALUE;

  private static final Duration WAIT = Duration.ofMillis(250);

  /// How often to ask whether topics and cluster are still there.
  private static final Duration CHECK = Duration.ofSeconds(5);

  private final Topics topics;
  private final ClusterProblems problems;
  private final Map<TopicPartition, Long> ends;
  private final BiConsumer<TopicPartition, Long> deleted;
  private final Set<TopicPartition> unfinished = new HashSet<>();
  private final Consumer<byte[], byte[]> consumer;
  private long checked = System.nanoTime();

  /// A reader of these partitions.
  ///
  /// @param clients build the consumer
  /// @param topics say whether the topics are still there
  /// @param starts the first offset of each partition
  /// @param ends the offset behind the last one of each, or [#FOREVER]
  /// @param deleted told the partition and the offset from which on records were deleted before
  ///   they were read; it goes on at the oldest one left
  public RecordReader(
      KafkaClients clients,
      Topics topics,
      Map<TopicPartition, Long> starts,
      Map<TopicPartition, Long> ends,
      BiConsumer<TopicPartition, Long> deleted) {
    this.topics = topics;
    this.problems = clients.problems();
    this.ends = Map.copyOf(ends);
    this.deleted = deleted;
    starts.forEach((partition, start) -> {
      if (start < end(partition)) {
        unfinished.add(partition);
      }
    });
    this.consumer = clients.reader();
    consumer.assign(unfinished);
    unfinished.forEach(each -> consumer.seek(each, starts.getOrDefault(each, 0L)));
  }

  private long end(TopicPartition partition) {
    return ends.getOrDefault(partition, 0L);
  }

  /// Whether everything was read.
  public boolean done() {
    return unfinished.isEmpty();
  }

  /// The next records, in the order of their partitions; none when there are none at the moment.
  public List<ConsumerRecord<byte[], byte[]>> poll() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try {
      for (ConsumerRecord<byte[], byte[]> next : consumer.poll(WAIT)) {
        if (next.offset() < end(new TopicPartition(next.topic(), next.partition()))) {
          records.add(next);
        }
      }
      finish();
    } catch (OffsetOutOfRangeException e) {
      Map<TopicPartition, Long> gone = e.offsetOutOfRangePartitions();
      consumer.seekToBeginning(gone.keySet());
      gone.forEach(deleted);
    } catch (KafkaException e) {
      throw problems.translate(e);
    }
    if (System.nanoTime() - checked > CHECK.toNanos()) {
      topics.describe(unfinished.stream().map(TopicPartition::topic).distinct().toList());
      checked = System.nanoTime();
    }
    return records;
  }

  /// Lets go of the partitions that were read to their end: by position, since the last offsets
  /// before the end may belong to no record.
  private void finish() {
    List<TopicPartition> finished =
        unfinished.stream()
            .filter(each -> end(each) != FOREVER && consumer.position(each) >= end(each))
            .toList();
    consumer.pause(finished);
    finished.forEach(unfinished::remove);
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofMillis(500)));
  }
}
