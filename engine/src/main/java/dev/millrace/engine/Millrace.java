package dev.millrace.engine;

import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.kafka.ClusterFeatures;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.kafka.Topics;
import dev.millrace.engine.metrics.HealthServer;
import dev.millrace.engine.plugin.Plugins;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Functions in a program of one's own, with everything that `millrace run` does: settings from all
/// layers, metrics and health over HTTP, and a drain when the process is asked to end. Thread-safe.
///
/// ```java
/// Millrace.run(Map.of("bootstrap", "localhost:9092"), Greeting.class);
/// ```
///
/// The process stays until it is asked to end (SIGTERM, Ctrl-C) or this is closed.
public final class Millrace implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Engine engine;
  private final HealthServer health;

  /// What is open, the last on top.
  private final Deque<Runnable> open;

  private final Thread hook = new Thread(this::end, "millrace-stop");

  private Millrace(Engine engine, HealthServer health, Deque<Runnable> open) {
    this.engine = engine;
    this.health = health;
    this.open = open;
  }

  /// Starts all functions of these classes, each in the consumer group of its name.
  ///
  /// @param settings as flags of `millrace run` without the dashes: `bootstrap`, `batch-size`,
  ///   `kafka.security.protocol`. They win over `millrace.yaml` in the working directory and over
  ///   `MILLRACE_*`
  /// @throws SetupException with everything that is wrong with settings or functions, or with the
  ///   command that creates each topic that is missing
  /// @throws UnavailableException when the cluster does not answer
  public static Millrace run(Map<String, String> settings, Class<?>... functions) {
    Deque<Runnable> open = new ArrayDeque<>();
    try {
      return run(settings, functions, open);
    } catch (Throwable e) {
      close(open);
      throw e;
    }
  }

  private static Millrace run(
      Map<String, String> settings, Class<?>[] functions, Deque<Runnable> open) {
    Plugins plugins = Plugins.find(settings(settings, List.of()).plugins());
    open.push(plugins::close);
    List<FunctionDefinition> definitions =
        FunctionScanner.scan(
            List.of(functions), type -> Path.of(""), plugins.format(), plugins.validator());
    Settings all =
        settings(
            settings,
            definitions.stream()
                .map(one -> new AnnotatedFunction(one.name(), one.settings()))
                .toList());
    KafkaClients clients = new KafkaClients(all.connection());
    ClusterFeatures features = clients.reach(PATIENCE);
    checkTopics(clients, definitions);
    FunctionInstances instances = FunctionInstances.create(definitions);
    open.push(instances::close);
    Engine engine = new Engine(all.engine(), clients, features, plugins.delivery());
    open.push(engine::close);
    HealthServer health =
        new HealthServer(
            all.server().metricsPort(), engine.meters(), engine::dead, engine::notReady);
    open.push(health::close);
    for (FunctionDefinition definition : definitions) {
      engine.start(new FunctionInvoker(definition, instances), all.function(definition.name()));
    }
    Millrace millrace = new Millrace(engine, health, open);
    Runtime.getRuntime().addShutdownHook(millrace.hook);
    return millrace;
  }

  private static void checkTopics(KafkaClients clients, List<FunctionDefinition> definitions) {
    List<Problem> missing = new ArrayList<>();
    try (Topics topics = clients.topics()) {
      for (FunctionDefinition definition : definitions) {
        Set<String> names = new LinkedHashSet<>(definition.topics());
        definition.outputs().forEach(output -> names.add(output.topic()));
        missing.addAll(topics.missing(definition.name(), names));
      }
    }
    if (!missing.isEmpty()) {
      throw new SetupException(missing);
    }
  }

  private static Settings settings(
      Map<String, String> settings, List<AnnotatedFunction> functions) {
    return Settings.load(
        new SettingsSources(
            Optional.empty(),
            Optional.of(Path.of("millrace.yaml")).filter(Files::exists),
            System.getenv(),
            settings,
            functions));
  }

  /// The engine with its functions: how they stand, their meters.
  public Engine engine() {
    return engine;
  }

  /// Where `/metrics`, `/livez` and `/readyz` are answered.
  public int metricsPort() {
    return health.port();
  }

  /// Finishes what is under way and ends all functions.
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends already, and with it this: another hook of the program has called.
    }
    end();
  }

  /// By the program and by the hook; the second finds nothing open once the first is through.
  private synchronized void end() {
    engine.close(); // First: its health is answered while it drains.
    close(open);
  }

  /// Closes all, the last opened first, even when one throws.
  private static void close(Deque<Runnable> open) {
    if (!open.isEmpty()) {
      try {
        open.pop().run();
      } finally {
        close(open);
      }
    }
  }
}
