package dev.millrace.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// Shows one topic: its partitions, what was set for it, and who reads it.
@Command(
    name = "show",
    sortOptions = false,
    description = "Show a topic: partitions, settings that differ from the default, consumers.")
final class TopicsShow implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "TOPIC", description = "The topic to show.")
  private String topic = "";

  @Mixin private CommonOptions common;

  TopicsShow(Console console) {
    this.console = console;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    try (Cluster cluster = common.cluster()) {
      TopicStatistics statistics = TopicStatistics.of(cluster, List.of(topic)).getFirst();
      TopicFacts facts = new TopicFacts(statistics, last(cluster, statistics));
      if (common.json()) {
        console.out().println(JsonMapper.shared().writeValueAsString(facts.json()));
      } else {
        facts.print(console.out(), ZoneId.systemDefault());
      }
    }
    return ExitCode.DONE;
  }

  private static Optional<Instant> last(Cluster cluster, TopicStatistics statistics) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    statistics.topic().partitions().stream()
        .filter(partition -> partition.leader().isPresent())
        .map(partition -> new TopicPartition(statistics.topic().name(), partition.partition()))
        .forEach(each -> wanted.put(each, OffsetSpec.maxTimestamp()));
    return cluster.await(cluster.admin().listOffsets(wanted).all()).values().stream()
        .filter(result -> result.offset() >= 0)
        .map(result -> Instant.ofEpochMilli(result.timestamp()))
        .max(Instant::compareTo);
  }
}
