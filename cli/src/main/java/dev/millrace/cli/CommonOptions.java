package dev.millrace.cli;

import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.EffectiveSetting;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What every command that talks to a cluster understands.
final class CommonOptions {
  private final Console console;

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "The Kafka cluster (default: MILLRACE_BOOTSTRAP, else localhost:9092).")
  @Nullable String bootstrap;

  @Option(
      names = {"-K", "--kafka"},
      paramLabel = "KEY=VALUE",
      description = "A setting of Kafka's own clients, such as security.protocol=SSL.")
  Map<String, String> kafka = new LinkedHashMap<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings (default: millrace.yaml here, if there is one).")
  @Nullable Path config;

  @Option(
      names = "--platform",
      paramLabel = "FILE",
      description = "The platform's defaults and locked settings.")
  @Nullable Path platform;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "For people (text, the default) or for programs (json).")
  OutputFormat output = OutputFormat.TEXT;

  @Option(
      names = {"-v", "--verbose"},
      description = "Tell more on standard error: settings, what Kafka's clients do.")
  boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  CommonOptions(Console console) {
    this.console = console;
  }

  boolean json() {
    return output == OutputFormat.JSON;
  }

  /// Opens the cluster that the settings name.
  Cluster cluster() {
    return Cluster.connect(new KafkaClients(settings(Map.of(), List.of()).connection()));
  }

  /// The settings from all layers, and the start of the log. With `--verbose` every setting is
  /// printed with where it comes from.
  ///
  /// Refuses settings of a function that does not run where one of nearly its name does.
  ///
  /// @param more further flags, by the setting's name
  /// @param functions the functions that run
  Settings settings(Map<String, String> more, List<AnnotatedFunction> functions) {
    Logging.start(console.err(), verbose);
    Map<String, String> flags = new HashMap<>(more);
    if (bootstrap != null) {
      flags.put("bootstrap", bootstrap);
    }
    kafka.forEach((name, value) -> flags.put("kafka." + name, value));
    Settings settings =
        Settings.load(
            new SettingsSources(
                Optional.ofNullable(platform), file(), console.environment(), flags, functions));
    List<Problem> mistyped =
        settings.unused().stream()
            .filter(problem -> problem.advice().startsWith("Write "))
            .toList();
    if (!mistyped.isEmpty()) {
      throw new SetupException(mistyped);
    }
    if (verbose) {
      print(settings.effective());
    }
    return settings;
  }

  private Optional<Path> file() {
    return config != null
        ? Optional.of(config)
        : Optional.of(Path.of("millrace.yaml")).filter(Files::exists);
  }

  private void print(List<EffectiveSetting> settings) {
    Table table = new Table("SETTING", "VALUE", "FROM");
    for (EffectiveSetting setting : settings) {
      String prefix = setting.function().isEmpty() ? "" : setting.function() + " ";
      table.row(
          prefix + setting.key(),
          setting.value(),
          setting.origin() + (setting.locked() ? " (locked)" : ""));
    }
    table.print(console.err());
  }
}
