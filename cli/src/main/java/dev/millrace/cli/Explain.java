package dev.millrace.cli;

import dev.millrace.cli.live.Span;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.settings.EngineSettings;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// Says what will happen to the messages of functions, before they run.
@Command(
    name = "explain",
    sortOptions = false,
    description =
        "Say what will happen to the messages of these functions, and what they need. Nothing is"
            + " run, no object of theirs is made and no cluster is asked.",
    footer = {
      "",
      "Takes the settings that 'run' takes, and refuses those that do not fit together. Secrets of"
          + " the",
      "cluster need not be there.",
      "",
      "  millrace explain Prediction.java",
      "  millrace explain Prediction.java --retries 0 --output json"
    })
final class Explain implements Callable<Integer> {
  private final Console console;
  private final SettingFlags flags;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Java files, folders of them, or jars.")
  private List<Path> files = List.of();

  @Mixin private CommonOptions common;

  /// @param flags the flags for settings, which [Main] adds to this command
  Explain(Console console, SettingFlags flags) {
    this.console = console;
    this.flags = flags;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    common.startLog();
    PluginSettings replaced = common.plugins(flags.given());
    try (LoadedFunctions loaded = LoadedFunctions.look(files, replaced, console, common.json())) {
      Settings settings = loaded.check(reading(loaded.annotated()), List.of());
      common.tell(settings);
      loaded.unthrown(settings).forEach(console.err()::println);
      KafkaClients clients = new KafkaClients(settings.connection());
      List<Plan> plans =
          loaded.definitions().stream()
              .map(one -> Plan.of(one, settings.function(one.name()), settings.engine(), clients))
              .toList();
      if (common.json()) {
        console.out().println(JsonMapper.shared().writeValueAsString(Map.of("functions", plans)));
      } else {
        plans.forEach(plan -> print(plan, settings.engine()));
      }
    }
    return ExitCode.DONE;
  }

  /// Where it is read that a function is right, the cluster's secrets are mostly not there.
  private Settings.Reading reading(List<AnnotatedFunction> functions) {
    SettingsSources sources = common.sources(flags.given(), functions);
    Settings.Reading all = Settings.read(sources);
    if (all.clusterProblems().isEmpty()) {
      return all;
    }
    all.clusterProblems().forEach(console.err()::println);
    console.err().println("[explain] the settings of the cluster are left out.");
    return Settings.readWithoutCluster(sources);
  }

  private void print(Plan plan, EngineSettings engine) {
    console.out().println(plan.function() + ", which is " + plan.place());
    line("reads", String.join(", ", plan.reads()) + ", as the consumer group " + plan.group());
    line("writes", plan.writes().isEmpty() ? "nothing" : String.join(", ", plan.writes()));
    line("order", plan.ordering() + ": " + order(plan));
    line("calls", calls(plan));
    boolean again = plan.lost().isEmpty();
    line(
        "guarantee",
        plan.guarantee()
            + (again
                ? ": nothing is lost, and some messages may be seen again"
                : ": nothing is seen again after a crash, and some messages may be lost"));
    line(
        "after a kill",
        again
            ? String.format(
                Locale.ROOT,
                "at most %,d messages are seen again: %s%,d finished (commit-records) and %,d at"
                    + " work (outstanding-records)",
                plan.repeated(),
                plan.consumers() == 1 ? "" : "for each of " + plan.consumers() + " consumers ",
                engine.commitRecords(),
                engine.outstandingRecords())
            : "no message is seen again; lost is " + plan.lost());
    line(
        "",
        "finished are those of the last "
            + new Span(engine.commitInterval())
            + " (commit-interval) and what a commit takes; longer while the cluster takes none");
    line(
        "memory",
        String.format(
            Locale.ROOT,
            "at most %,d MiB of messages and outputs, besides what the function itself takes",
            plan.memory() >> 20));
    plan.failures()
        .forEach(failing ->
            line("when", failing.when() + ", " + failing.then() + ". To act: " + failing.turn()));
    plan.rights()
        .forEach(right ->
            line(
                "needs",
                String.join(", ", right.operations())
                    + " on the "
                    + right.resource()
                    + " "
                    + right.name()
                    + (right.purpose().equals("run")
                        ? ""
                        : ", for 'millrace "
                            + right.purpose().replace(", ", "' and 'millrace ")
                            + "'")));
  }

  private static String order(Plan plan) {
    return switch (plan.ordering()) {
      case "key" ->
          "messages with the same key one after the other, others side by side; without a key they"
              + " wait for nothing";
      case "none" -> "messages in any order, those with the same key too";
      default -> "the messages of a partition in their order, one call at a time";
    };
  }

  private static String calls(Plan plan) {
    return (plan.calls() == null
            ? "one at a time for each partition"
            : String.format(Locale.ROOT, "at most %,d at the same time", plan.calls()))
        + (plan.threads().equals("virtual")
            ? ", each on a virtual thread, "
            : ", on platform threads, ")
        + (plan.callSize() == 1
            ? "with one message each"
            : String.format(Locale.ROOT, "with up to %,d messages each", plan.callSize()));
  }

  private void line(String word, String text) {
    console.out().printf("  %-12s  %s%n", word, text);
  }
}
