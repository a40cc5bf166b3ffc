package dev.millrace.cli;

import dev.millrace.engine.kafka.GroupReading;
import dev.millrace.engine.kafka.Topics;
import dev.millrace.engine.kafka.Topics.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/// What is in a topic, and who reads it, at one moment.
///
/// @param topic the topic as the cluster has it
/// @param perMinute how many records have a timestamp within the last minute
/// @param readings the groups that read it
record TopicStatistics(Topic topic, long perMinute, List<GroupReading> readings) {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /// The statistics of these topics, in the order of their names.
  static List<TopicStatistics> of(Topics topics, Collection<String> names) {
    Collection<Topic> found = topics.describe(names).values();
    Map<TopicPartition, Long> minuteAgo =
        topics.offsets(
            found.stream().flatMap(topic -> topic.led().stream()).toList(),
            OffsetSpec.forTimestamp(Instant.now().minus(MINUTE).toEpochMilli()));
    Map<String, List<GroupReading>> readings = topics.readings(found);
    return found.stream()
        .map(topic ->
            new TopicStatistics(
                topic, perMinute(topic, minuteAgo), readings.getOrDefault(topic.name(), List.of())))
        .toList();
  }

  private static long perMinute(Topic topic, Map<TopicPartition, Long> minuteAgo) {
    return topic.partitions().stream()
        .mapToLong(partition -> {
          TopicPartition key = new TopicPartition(topic.name(), partition.partition());
          long from = minuteAgo.getOrDefault(key, -1L); // negative: nothing that new
          return from < 0 ? 0 : Math.max(0, partition.end() - from);
        })
        .sum();
  }
}
