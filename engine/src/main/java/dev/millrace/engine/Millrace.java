package dev.millrace.engine;

import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.metrics.HealthServer;
import dev.millrace.engine.plugin.Plugins;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  private final FunctionInstances instances;
  private final Plugins plugins;
  private final Thread hook = new Thread(this::end, "millrace-stop");

  private Millrace(
      Engine engine, HealthServer health, FunctionInstances instances, Plugins plugins) {
    this.engine = engine;
    this.health = health;
    this.instances = instances;
    this.plugins = plugins;
  }

  /// Starts all functions of these classes, each in the consumer group of its name.
  ///
  /// @param settings as flags of `millrace run` without the dashes: `bootstrap`, `batch-size`,
  ///   `kafka.security.protocol`. They win over `millrace.yaml` in the working directory and over
  ///   `MILLRACE_*`
  /// @throws SetupException with everything that is wrong with settings or functions
  /// @throws UnavailableException when the cluster does not answer
  public static Millrace run(Map<String, String> settings, Class<?>... functions) {
    Plugins plugins = Plugins.find(settings(settings, List.of()).plugins());
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
    Engine engine = new Engine(all.engine(), clients, clients.reach(PATIENCE), plugins.delivery());
    try {
      FunctionInstances instances = FunctionInstances.create(definitions);
      HealthServer health =
          new HealthServer(
              all.server().metricsPort(), engine.meters(), engine::dead, engine::notReady);
      Millrace millrace = new Millrace(engine, health, instances, plugins);
      for (FunctionDefinition definition : definitions) {
        engine.start(new FunctionInvoker(definition, instances), all.function(definition.name()));
      }
      Runtime.getRuntime().addShutdownHook(millrace.hook);
      return millrace;
    } catch (RuntimeException e) {
      engine.close();
      throw e;
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
    Runtime.getRuntime().removeShutdownHook(hook);
    end();
  }

  private void end() {
    engine.close();
    health.close();
    instances.close();
    plugins.close();
  }
}
