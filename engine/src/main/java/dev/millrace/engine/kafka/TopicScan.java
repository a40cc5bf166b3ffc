package dev.millrace.engine.kafka;

import dev.millrace.engine.kafka.Topics.Partition;
import dev.millrace.engine.kafka.Topics.Topic;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.UnavailableException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Reads what is in topics now, once and without a group: committed records only.
///
/// @param clients build the readers
/// @param topics say where the topics begin and end
public record TopicScan(KafkaClients clients, Topics topics) {
  /// Every record that is there.
  ///
  /// @param to takes each, in the order of its partition; false = read no further
  public void read(Collection<Topic> all, Predicate<ConsumerRecord<byte[], byte[]>> to) {
    Map<TopicPartition, Long> starts = new HashMap<>();
    Map<TopicPartition, Long> ends = new HashMap<>();
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
        TopicPartition partition = new TopicPartition(topic.name(), each.partition());
        starts.put(partition, each.beginning());
        ends.put(partition, each.end());
      }
    }
    if (starts.equals(ends)) {
      return;
    }
    try (RecordReader reader = reader(starts, ends)) {
      while (!reader.done()) {
        for (ConsumerRecord<byte[], byte[]> next : reader.poll()) {
          if (!to.test(next)) {
            return;
          }
        }
      }
    }
  }

  /// The record at this place; empty where there is none, or none any more.
  ///
  /// @param topic the one that the id names
  public Optional<ConsumerRecord<byte[], byte[]>> find(Topic topic, RecordId id) {
    boolean there =
        topic.partitions().stream()
            .anyMatch(each ->
                each.partition() == id.partition()
                    && each.beginning() <= id.offset()
                    && id.offset() < each.end());
    if (!there) {
      return Optional.empty();
    }
    TopicPartition partition = new TopicPartition(id.topic(), id.partition());
    try (RecordReader reader =
        reader(Map.of(partition, id.offset()), Map.of(partition, id.offset() + 1))) {
      while (!reader.done()) {
        List<ConsumerRecord<byte[], byte[]>> found = reader.poll();
        if (!found.isEmpty()) {
          // What was deleted meanwhile leaves the next one.
          return Optional.of(found.getFirst()).filter(one -> one.offset() == id.offset());
        }
      }
    }
    return Optional.empty();
  }

  /// What is deleted meanwhile is left out.
  private RecordReader reader(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
    return new RecordReader(clients, topics, starts, ends, (_, _) -> {});
  }
}
