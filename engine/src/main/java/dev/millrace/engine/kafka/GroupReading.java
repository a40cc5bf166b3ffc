package dev.millrace.engine.kafka;

import dev.millrace.engine.kafka.Topics.Partition;
import dev.millrace.engine.kafka.Topics.Topic;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// How far a group has read a topic.
///
/// @param group the group's name
/// @param state Kafka's word for how the group is
/// @param members how many of its members hold partitions of the topic
/// @param lag how many records it has not committed yet, by partition
public record GroupReading(String group, String state, int members, SortedMap<Integer, Long> lag) {
  /// Of all partitions together.
  public long totalLag() {
    return lag.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Empty when the group has neither committed nor holds a partition of the topic.
  static Optional<GroupReading> of(
      ConsumerGroupDescription group,
      Map<TopicPartition, OffsetAndMetadata> committed,
      Topic topic) {
    SortedMap<Integer, Long> lag = new TreeMap<>();
    Set<TopicPartition> held =
        group.members().stream()
            .flatMap(member -> member.assignment().topicPartitions().stream())
            .collect(Collectors.toSet());
    for (Partition each : topic.partitions()) {
      TopicPartition partition = new TopicPartition(topic.name(), each.partition());
      OffsetAndMetadata position = committed.get(partition);
      if (each.leader().isPresent() && (position != null || held.contains(partition))) {
        long next = position == null ? each.beginning() : position.offset();
        lag.put(each.partition(), Math.max(0, each.end() - next));
      }
    }
    long members =
        group.members().stream()
            .filter(member ->
                member.assignment().topicPartitions().stream()
                    .anyMatch(partition -> partition.topic().equals(topic.name())))
            .count();
    return lag.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new GroupReading(
                group.groupId(),
                group.groupState().toString().toLowerCase(Locale.ROOT),
                Math.toIntExact(members),
                lag));
  }
}
