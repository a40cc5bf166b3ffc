package dev.millrace.cli;

import dev.millrace.engine.kafka.Topics.Topic;
import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// Creates a topic.
@Command(
    name = "create",
    sortOptions = false,
    description = "Create a topic.",
    footer = {"", "  millrace topics create orders --partitions 6 --set retention.ms=604800000"})
final class TopicsCreate implements Callable<Integer> {
  private static final int LONGEST_NAME = 249;

  private final Console console;

  @Parameters(paramLabel = "TOPIC", description = "The name of the new topic.")
  private String topic = "";

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "How many partitions (default: the broker's).")
  private @Nullable Integer partitions;

  @Option(
      names = "--replication",
      paramLabel = "N",
      description = "How many copies of each record (default: the broker's).")
  private @Nullable Short replication;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the topic, as retention.ms=604800000.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Mixin private CommonOptions common;

  TopicsCreate(Console console) {
    this.console = console;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    List<Problem> problems = problems();
    if (!problems.isEmpty()) {
      throw new SetupException(problems);
    }
    try (Cluster cluster = common.cluster()) {
      collision(topic, cluster.topics().names(true))
          .ifPresent(problem -> {
            throw new SetupException(List.of(problem));
          });
      Topic created =
          cluster
              .topics()
              .create(
                  topic,
                  Optional.ofNullable(partitions),
                  Optional.ofNullable(replication),
                  settings);
      console.out().println(common.json() ? json(created) : sentence(created));
    }
    return ExitCode.DONE;
  }

  private String json(Topic created) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("topic", topic);
    json.put("partitions", created.partitions().size());
    json.put("replication", copies(created));
    json.put("settings", settings);
    return JsonMapper.shared().writeValueAsString(json);
  }

  private String sentence(Topic created) {
    int parts = created.partitions().size();
    int copies = copies(created);
    String set =
        settings.entrySet().stream()
            .map(each -> ", " + each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining());
    return "Created %s: %d %s, %d %s of each record%s"
        .formatted(
            topic,
            parts,
            parts == 1 ? "partition" : "partitions",
            copies,
            copies == 1 ? "copy" : "copies",
            set);
  }

  private static int copies(Topic created) {
    return created.partitions().getFirst().replicas().size();
  }

  private List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if (!topic.matches("[a-zA-Z0-9._-]{1," + LONGEST_NAME + "}") || topic.matches("[.]{1,2}")) {
      problems.add(
          new Problem(
              "'" + topic + "'",
              "this is no name for a topic",
              "Use up to " + LONGEST_NAME + " letters, digits, dots, '_' and '-'"));
    }
    if (partitions != null && partitions < 1) {
      problems.add(
          new Problem("--partitions", partitions + " is too few", "A topic has at least one"));
    }
    if (replication != null && replication < 1) {
      problems.add(
          new Problem("--replication", replication + " is too few", "There is at least one copy"));
    }
    settings.keySet().stream()
        .filter(name -> !TopicSettings.names().contains(name))
        .forEach(name ->
            problems.add(
                new Problem(
                    "--set",
                    "a topic has no setting '" + name + "'",
                    NearestName.of(name, TopicSettings.names())
                        .map(near -> "Write '" + near + "' if that is meant")
                        .orElse("See Kafka's documentation of topic configs"))));
    return problems;
  }

  /// What speaks against this name beside the names there are: Kafka's metrics take `.` and `_` for
  /// the same character.
  static Optional<Problem> collision(String topic, Set<String> names) {
    return names.stream()
        .filter(name -> !name.equals(topic))
        .filter(name -> name.replace('.', '_').equals(topic.replace('.', '_')))
        .findFirst()
        .map(name ->
            new Problem(
                topic,
                "the topic '"
                    + name
                    + "' differs only in '.' and '_', which Kafka's metrics"
                    + " take for the same",
                "Use that one, or another name"));
  }
}
