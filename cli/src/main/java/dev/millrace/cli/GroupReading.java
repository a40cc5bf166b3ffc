package dev.millrace.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// How far a group has read a topic.
///
/// @param group the group's name
/// @param state Kafka's word for how the group is
/// @param members how many of its members hold partitions of the topic
/// @param lag how many records it has not committed yet, by partition
record GroupReading(String group, String state, int members, SortedMap<Integer, Long> lag) {
  /// Of all partitions together.
  long totalLag() {
    return lag.values().stream().mapToLong(Long::longValue).sum();
  }

  /// The same as names and values.
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("group", group);
    json.put("state", state);
    json.put("members", members);
    json.put("lag", totalLag());
    return json;
  }

  /// The groups that have committed or hold one of these partitions, by topic.
  static Map<String, List<GroupReading>> of(
      Cluster cluster, Map<TopicPartition, Long> first, Map<TopicPartition, Long> end) {
    List<String> groups =
        cluster
            .await(cluster.admin().listGroups(ListGroupsOptions.forConsumerGroups()).all())
            .stream()
            .map(GroupListing::groupId)
            .sorted()
            .toList();
    Map<String, List<GroupReading>> readings = new HashMap<>();
    if (groups.isEmpty()) {
      return readings;
    }
    Map<String, ListConsumerGroupOffsetsSpec> everything = new HashMap<>();
    groups.forEach(group -> everything.put(group, new ListConsumerGroupOffsetsSpec()));
    Map<String, Map<TopicPartition, OffsetAndMetadata>> committed =
        cluster.await(cluster.admin().listConsumerGroupOffsets(everything).all());
    Map<String, ConsumerGroupDescription> descriptions =
        new TreeMap<>(cluster.await(cluster.admin().describeConsumerGroups(groups).all()));
    descriptions.forEach((group, description) ->
        of(description, committed.getOrDefault(group, Map.of()), first, end)
            .forEach((topic, reading) ->
                readings.computeIfAbsent(topic, _ -> new ArrayList<>()).add(reading)));
    return readings;
  }

  private static Map<String, GroupReading> of(
      ConsumerGroupDescription group,
      Map<TopicPartition, OffsetAndMetadata> committed,
      Map<TopicPartition, Long> first,
      Map<TopicPartition, Long> end) {
    Map<String, Integer> members = new HashMap<>();
    Map<String, SortedMap<Integer, Long>> lags = new HashMap<>();
    committed.forEach((partition, position) -> {
      Long last = end.get(partition);
      if (position != null && last != null) {
        lag(lags, partition, last - position.offset());
      }
    });
    group
        .members()
        .forEach(member -> {
          var held = member.assignment().topicPartitions();
          held.stream()
              .map(TopicPartition::topic)
              .distinct()
              .forEach(topic -> members.merge(topic, 1, Integer::sum));
          held.stream()
              .filter(end::containsKey)
              .filter(partition -> committed.get(partition) == null)
              .forEach(partition ->
                  lag(
                      lags,
                      partition,
                      end.getOrDefault(partition, 0L) - first.getOrDefault(partition, 0L)));
        });
    Map<String, GroupReading> readings = new HashMap<>();
    String state = group.groupState().toString().toLowerCase(Locale.ROOT);
    lags.forEach((topic, lag) ->
        readings.put(
            topic, new GroupReading(group.groupId(), state, members.getOrDefault(topic, 0), lag)));
    return readings;
  }

  private static void lag(
      Map<String, SortedMap<Integer, Long>> lags, TopicPartition partition, long lag) {
    lags.computeIfAbsent(partition.topic(), _ -> new TreeMap<>())
        .put(partition.partition(), Math.max(0, lag));
  }
}
