package dev.millrace.cli;

import dev.millrace.engine.problem.SetupException;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// Shows one topic: its partitions, what was set for it, and who reads it; or what is in it.
@Command(
    name = "show",
    sortOptions = false,
    description =
        "Show a topic: partitions, settings that differ from the default, consumers; or its"
            + " fields.")
final class TopicsShow implements Callable<Integer> {
  private static final int USUAL_LAST = 1_000;

  private final Console console;

  @Parameters(paramLabel = "TOPIC", description = "The topic to show.")
  private String topic = "";

  @Option(
      names = "--infer",
      description = "Show the fields of its newest messages: types, shares of null, samples.")
  private boolean infer;

  @Option(
      names = "--last",
      paramLabel = "N",
      converter = PositiveCount.class,
      description = "How many messages --infer reads (default: 1000).")
  private @Nullable Integer last;

  @Mixin private CommonOptions common;

  TopicsShow(Console console) {
    this.console = console;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    if (last != null && !infer) {
      throw new SetupException("--last", "says how many messages --infer reads", "Add --infer");
    }
    try (Cluster cluster = common.cluster()) {
      if (infer) {
        InferredFields fields =
            InferredFields.of(
                topic,
                new LastRecords(console.stop())
                    .of(cluster, topic, last == null ? USUAL_LAST : last));
        if (common.json()) {
          console.out().println(JsonMapper.shared().writeValueAsString(fields.json()));
        } else {
          fields.print(console.out());
        }
        return ExitCode.DONE;
      }
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
