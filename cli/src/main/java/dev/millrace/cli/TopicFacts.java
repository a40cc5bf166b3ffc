package dev.millrace.cli;

import dev.millrace.engine.kafka.GroupReading;
import dev.millrace.engine.kafka.Topics.Partition;
import dev.millrace.engine.kafka.Topics.Topic;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What is known of one topic, for people and for programs.
///
/// @param statistics what is in it and who reads it
/// @param last the newest timestamp; empty without records
record TopicFacts(TopicStatistics statistics, Optional<Instant> last) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX", Locale.ROOT);

  void print(PrintStream out, ZoneId zone) {
    out.println(
        String.format(
            Locale.ROOT,
            "%s: %,d messages, %,d in the last minute, newest %s",
            topic().name(),
            topic().offsets(),
            statistics.perMinute(),
            last.map(time -> TIME.format(time.atZone(zone))).orElse("none")));
    Map<String, String> settings = settings();
    out.println(
        settings.isEmpty()
            ? "Settings: all as the broker's default"
            : "Settings: "
                + settings.entrySet().stream()
                    .map(setting -> setting.getKey() + "=" + setting.getValue())
                    .collect(Collectors.joining(", ")));
    out.println();
    partitions().print(out);
    out.println();
    if (statistics.readings().isEmpty()) {
      out.println("Nobody reads it in a group.");
    } else {
      consumers().print(out);
    }
  }

  private Table partitions() {
    Table table =
        new Table("PARTITION", "LEADER", "REPLICAS", "IN SYNC", "FIRST", "END", "MESSAGES");
    for (Partition each : topic().partitions()) {
      table.row(
          each.partition(),
          each.leader().map(String::valueOf).orElse("none"),
          each.replicas(),
          each.inSync(),
          each.beginning(),
          each.end(),
          each.end() - each.beginning());
    }
    return table;
  }

  private Table consumers() {
    Table table = new Table("CONSUMER", "STATE", "MEMBERS", "LAG");
    statistics
        .readings()
        .forEach(each -> table.row(each.group(), each.state(), each.members(), each.totalLag()));
    return table;
  }

  /// The same as names and values.
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("topic", topic().name());
    json.put("messages", topic().offsets());
    json.put("messagesPerMinute", statistics.perMinute());
    json.put("lastRecord", last.map(Instant::toString).orElse(null));
    json.put("settings", settings());
    List<Map<String, Object>> partitions = new ArrayList<>();
    for (Partition each : topic().partitions()) {
      Map<String, Object> partition = new LinkedHashMap<>();
      partition.put("partition", each.partition());
      partition.put("leader", each.leader().orElse(null));
      partition.put("replicas", each.replicas());
      partition.put("inSync", each.inSync());
      partition.put("first", each.beginning());
      partition.put("end", each.end());
      partitions.add(partition);
    }
    json.put("partitions", partitions);
    List<Map<String, Object>> consumers = new ArrayList<>();
    for (GroupReading reading : statistics.readings()) {
      Map<String, Object> consumer = json(reading);
      consumer.put("lagByPartition", reading.lag());
      consumers.add(consumer);
    }
    json.put("consumers", consumers);
    return json;
  }

  /// The same of a group's reading.
  static Map<String, Object> json(GroupReading reading) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("group", reading.group());
    json.put("state", reading.state());
    json.put("members", reading.members());
    json.put("lag", reading.totalLag());
    return json;
  }

  private Topic topic() {
    return statistics.topic();
  }

  /// What was set for the topic; the rest is the broker's default.
  private Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>(topic().config());
    settings.keySet().retainAll(topic().configured());
    return settings;
  }
}
