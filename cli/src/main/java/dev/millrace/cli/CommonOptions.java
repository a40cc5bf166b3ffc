package dev.millrace.cli;

import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.settings.EffectiveSetting;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What every command that talks to a cluster understands.
final class CommonOptions {
  private static final Path PROJECT = Path.of("millrace.yaml");

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
    startLog();
    Settings settings = Settings.load(sources(Map.of(), List.of()));
    tell(settings);
    return Cluster.connect(new KafkaClients(settings.connection()));
  }

  /// Log lines go to standard error from now on. To be called before anything is loaded that logs:
  /// otherwise libraries log to standard output.
  void startLog() {
    Logging.start(console.err(), verbose);
  }

  /// What settings are read from.
  ///
  /// @param more further flags, by the setting's name
  /// @param functions the functions that run
  SettingsSources sources(Map<String, String> more, List<AnnotatedFunction> functions) {
    Map<String, String> flags = new HashMap<>(more);
    if (bootstrap != null) {
      flags.put("bootstrap", bootstrap);
    }
    kafka.forEach((name, value) -> flags.put("kafka." + name, value));
    return new SettingsSources(
        Optional.ofNullable(platform), file(), console.environment(), flags, functions);
  }

  /// What the settings say of plug-ins. They are needed to read functions, whose annotations are
  /// settings too.
  ///
  /// @param more further flags, by the setting's name
  PluginSettings plugins(Map<String, String> more) {
    return Settings.read(sources(more, List.of())).settings().plugins();
  }

  /// The files that settings may be read from, there or not.
  List<Path> settingsFiles() {
    return Stream.of(config == null ? PROJECT : config, platform).filter(Objects::nonNull).toList();
  }

  /// The same by their absolute paths.
  Set<Path> watchedSettings() {
    return settingsFiles().stream()
        .map(file -> file.toAbsolutePath().normalize())
        .collect(Collectors.toSet());
  }

  /// Warns of what was probably not meant; with `--verbose` prints every setting and where it comes
  /// from.
  void tell(Settings settings) {
    settings.warnings().forEach(console.err()::println);
    if (verbose) {
      print(settings.effective());
    }
  }

  /// A command with the options that were given here, so that it reaches the same cluster. Secrets
  /// among them are left out.
  ///
  /// @param settings what was read with these options
  NextCommand again(NextCommand command, Settings settings) {
    NextCommand next = command;
    if (bootstrap != null) {
      next = next.and("--bootstrap", bootstrap);
    }
    if (config != null) {
      next = next.and("--config", config.toString());
    }
    if (platform != null) {
      next = next.and("--platform", platform.toString());
    }
    for (EffectiveSetting each : settings.effective()) {
      String name = each.key().startsWith("kafka.") ? each.key().substring("kafka.".length()) : "";
      if (each.value().equals(kafka.get(name))) {
        next = next.and("-K", name + "=" + each.value());
      }
    }
    return next;
  }

  private Optional<Path> file() {
    return config != null ? Optional.of(config) : Optional.of(PROJECT).filter(Files::exists);
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
