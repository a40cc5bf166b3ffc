package dev.millrace.cli;

import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
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
      TopicStatistics statistics = TopicStatistics.of(cluster.topics(), List.of(topic)).getFirst();
      TopicFacts facts = new TopicFacts(statistics, cluster.topics().newest(statistics.topic()));
      if (common.json()) {
        console.out().println(JsonMapper.shared().writeValueAsString(facts.json()));
      } else {
        facts.print(console.out(), ZoneId.systemDefault());
      }
    }
    return ExitCode.DONE;
  }
}
