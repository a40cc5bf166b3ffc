package dev.millrace.engine.deadletters;

import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.kafka.Topics;
import dev.millrace.engine.kafka.Topics.Partition;
import dev.millrace.engine.kafka.Topics.Topic;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.UnavailableException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Reads topics once, without a group: from some offset to their ends as they are now.
///
/// @param clients build the reader
/// @param topics say whether they are still there
record TopicScan(KafkaClients clients, Topics topics) {
  private static final Duration WAIT = Duration.ofMillis(250);

  /// How often to ask whether topic and cluster are still there.
  private static final Duration CHECK = Duration.ofSeconds(5);

  /// Every committed record that is there.
  ///
  /// @param to takes each, in the order of its partition; false = read no further
  void read(Collection<Topic> all, Predicate<ConsumerRecord<byte[], byte[]>> to) {
    Map<TopicPartition, Long> starts = new HashMap<>();
    for (Topic topic : all) {
      for (Partition each : topic.partitions()) {
        if (each.leader().isEmpty()) {
          throw new UnavailableException(
              new Problem(
                  topic.name(),
                  "its partition "
                      + each.partition()
                      + " has no leader, so that not all can be read",
                  "Look after the cluster's brokers, then run it again"),
              null);
        }
        starts.put(new TopicPartition(topic.name(), each.partition()), each.beginning());
      }
    }
    read(all, starts, to);
  }

  /// The same from these offsets on; partitions that are not named are left out.
  void read(
      Collection<Topic> all,
      Map<TopicPartition, Long> starts,
      Predicate<ConsumerRecord<byte[], byte[]>> to) {
    Map<TopicPartition, Long> left = new HashMap<>();
    for (Topic topic : all) {
      for (Partition each : topic.partitions()) {
        TopicPartition partition = new TopicPartition(topic.name(), each.partition());
        if (starts.getOrDefault(partition, Long.MAX_VALUE) < each.end()) {
          left.put(partition, each.end());
        }
      }
    }
    if (left.isEmpty()) {
      return;
    }
    Consumer<byte[], byte[]> consumer = clients.reader();
    try {
      consumer.assign(left.keySet());
      left.keySet().forEach(each -> consumer.seek(each, starts.getOrDefault(each, 0L)));
      read(consumer, left, to);
    } catch (KafkaException e) {
      throw clients.problems().translate(e);
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ofMillis(500)));
    }
  }

  /// @param left where the partitions end that were not read to their end
  private void read(
      Consumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> left,
      Predicate<ConsumerRecord<byte[], byte[]>> to) {
    long checked = System.nanoTime();
    while (!left.isEmpty()) {
      try {
        for (ConsumerRecord<byte[], byte[]> next : consumer.poll(WAIT)) {
          TopicPartition partition = new TopicPartition(next.topic(), next.partition());
          if (next.offset() < left.getOrDefault(partition, 0L) && !to.test(next)) {
            return;
          }
        }
        // By position, since the last offsets may belong to no record.
        left.entrySet().removeIf(each -> consumer.position(each.getKey()) >= each.getValue());
      } catch (OffsetOutOfRangeException e) {
        consumer.seekToBeginning(e.partitions()); // Deleted meanwhile: what is left is read.
      }
      if (System.nanoTime() - checked > CHECK.toNanos()) {
        topics.describe(left.keySet().stream().map(TopicPartition::topic).distinct().toList());
        checked = System.nanoTime();
      }
    }
  }
}
