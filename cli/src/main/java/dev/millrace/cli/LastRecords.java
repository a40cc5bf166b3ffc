package dev.millrace.cli;

import dev.millrace.engine.kafka.Topics.Partition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// The newest records of a topic, read without a group.
final class LastRecords {
  private static final Duration WAIT = Duration.ofMillis(250);
  private static final int FURTHER = 4;

  private LastRecords() {}

  /// The newest committed records by their time, the oldest of them first.
  ///
  /// @param count the most to read
  static List<ConsumerRecord<byte[], byte[]>> of(Cluster cluster, String topic, int count) {
    List<Partition> partitions = cluster.topics().describe(topic).partitions();
    long longest =
        partitions.stream().mapToLong(each -> each.end() - each.beginning()).max().orElse(0);
    long back = Math.min(count, longest);
    List<ConsumerRecord<byte[], byte[]>> found = read(cluster, topic, partitions, back);
    // Compaction and transactions leave offsets without a record.
    while (found.size() < count && back < longest) {
      back = Math.min(back * FURTHER, longest);
      found = read(cluster, topic, partitions, back);
    }
    List<ConsumerRecord<byte[], byte[]>> ordered = new ArrayList<>(found);
    ordered.sort(
        Comparator.<ConsumerRecord<byte[], byte[]>>comparingLong(ConsumerRecord::timestamp)
            .thenComparing(ConsumerRecord::partition)
            .thenComparing(ConsumerRecord::offset));
    return List.copyOf(ordered.subList(Math.max(0, ordered.size() - count), ordered.size()));
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(
      Cluster cluster, String topic, List<Partition> partitions, long back) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (Consumer<byte[], byte[]> consumer = cluster.clients().reader()) {
      for (Partition each : partitions) {
        if (each.beginning() < each.end()) {
          ends.put(new TopicPartition(topic, each.partition()), each.end());
        }
      }
      consumer.assign(ends.keySet());
      for (Partition each : partitions) {
        if (each.beginning() < each.end()) {
          consumer.seek(
              new TopicPartition(topic, each.partition()),
              Math.max(each.beginning(), each.end() - back));
        }
      }
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> next : consumer.poll(WAIT)) {
          long end = ends.getOrDefault(new TopicPartition(next.topic(), next.partition()), 0L);
          if (next.offset() < end) {
            records.add(next);
          }
        }
      }
      return records;
    } catch (KafkaException e) {
      throw cluster.translate(e);
    }
  }
}
