package dev.millrace.cli;

import dev.millrace.engine.kafka.GroupReading;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Lists the topics of a cluster: what is in them and who reads them.
@Command(
    name = "list",
    sortOptions = false,
    description = "List topics: partitions, messages, messages a minute, consumers and their lag.",
    footer = {
      "",
      "Messages a minute are those with a timestamp within the last minute. Lag is that of the",
      "consumer that is furthest behind."
    })
final class TopicsList implements Callable<Integer> {
  private static final String INTERNAL = "__";

  private final Console console;

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      description = "Only topics whose name contains this text.")
  private String filter = "";

  @Option(names = "--all", description = "Kafka's and Millrace's own topics too.")
  private boolean all;

  @Mixin private CommonOptions common;

  TopicsList(Console console) {
    this.console = console;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    try (Cluster cluster = common.cluster()) {
      String text = filter.toLowerCase(Locale.ROOT);
      List<String> names =
          cluster.topics().names(all).stream()
              .filter(name -> all || !name.startsWith(INTERNAL))
              .filter(name -> name.toLowerCase(Locale.ROOT).contains(text))
              .toList();
      List<TopicStatistics> topics = TopicStatistics.of(cluster.topics(), names);
      if (common.json()) {
        console
            .out()
            .println(
                JsonMapper.shared()
                    .writeValueAsString(topics.stream().map(TopicsList::json).toList()));
      } else if (names.isEmpty()) {
        console.err().println(nothing());
      } else {
        table(topics).print(console.out());
      }
    }
    return ExitCode.DONE;
  }

  private String nothing() {
    return filter.isEmpty()
        ? "No topics yet. 'millrace topics create NAME' creates one."
        : "No topic has '" + filter + "' in its name.";
  }

  private static Table table(List<TopicStatistics> topics) {
    Table table = new Table("TOPIC", "PARTITIONS", "MESSAGES", "MESSAGES/MIN", "LAG", "CONSUMERS");
    for (TopicStatistics each : topics) {
      List<GroupReading> readings = each.readings();
      table.row(
          each.topic().name(),
          each.topic().partitions().size(),
          each.topic().offsets(),
          each.perMinute(),
          readings.isEmpty() ? "-" : String.format(Locale.ROOT, "%,d", lag(readings)),
          readings.isEmpty()
              ? "-"
              : readings.stream().map(GroupReading::group).collect(Collectors.joining(", ")));
    }
    return table;
  }

  private static Map<String, Object> json(TopicStatistics statistics) {
    Map<String, Object> topic = new LinkedHashMap<>();
    topic.put("topic", statistics.topic().name());
    topic.put("partitions", statistics.topic().partitions().size());
    topic.put("messages", statistics.topic().offsets());
    topic.put("messagesPerMinute", statistics.perMinute());
    topic.put("consumers", statistics.readings().stream().map(TopicFacts::json).toList());
    return topic;
  }

  private static long lag(List<GroupReading> readings) {
    return readings.stream().mapToLong(GroupReading::totalLag).max().orElse(0);
  }
}
