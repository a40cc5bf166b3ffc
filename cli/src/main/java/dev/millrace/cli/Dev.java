package dev.millrace.cli;

import dev.millrace.broker.BrokerException;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// A whole platform on this machine.
@Command(
    name = "dev",
    sortOptions = false,
    description =
        "Start a real Kafka broker on this machine and run functions on it, until Ctrl-C.",
    footer = {
      "",
      "Topics are created as they are needed. Data is kept in .millrace/ below this folder.",
      "With --output json the first line of standard output says where everything is, once it is",
      "ready, and what functions print goes to standard error.",
      "",
      "  millrace dev HelloWorldConsumer.java",
      "  echo hello | millrace produce some.topic"
    })
final class Dev implements Callable<Integer> {
  private static final Path DATA = Path.of(".millrace", "broker");

  private final Console console;
  private final SettingFlags flags;

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "Java files, folders of them, or jars.")
  private List<Path> files = List.of();

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The broker's port; 0 = any free one (default: ${DEFAULT-VALUE}).")
  private int port = 9092;

  @Option(names = "--ephemeral", description = "Keep no data.")
  private boolean ephemeral;

  @Mixin private CommonOptions common;

  /// @param flags the flags for settings, which [Main] adds to this command
  Dev(Console console, SettingFlags flags) {
    this.console = console;
    this.flags = flags;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() throws InterruptedException {
    common.startLog();
    if (common.bootstrap != null || !common.kafka.isEmpty()) {
      throw new SetupException(
          common.bootstrap != null ? "--bootstrap" : "--kafka",
          "'dev' starts a broker of its own",
          "Use 'millrace run' for a cluster that is there already");
    }
    if (port < 0 || port > 65_535) {
      throw new SetupException(
          "--port", port + " is no port", "Give one from 1 to 65535, or 0 for any free one");
    }
    if (files.isEmpty()) {
      common.tell(read(List.of()).orThrow());
      try (LocalBroker broker = start()) {
        ready(broker, null);
        return untilStopped(broker);
      }
    }
    // The author's mistakes first: a broker takes a second to start.
    PluginSettings replaced = read(List.of()).settings().plugins();
    try (LoadedFunctions loaded = LoadedFunctions.load(files, replaced, console, common.json())) {
      Settings settings = loaded.check(read(loaded.annotated()), List.of());
      common.tell(settings);
      try (LocalBroker broker = start();
          Cluster cluster = broker.connect()) {
        FunctionTopics.create(cluster.topics(), loaded.declared());
        return run(loaded, settings, broker, cluster);
      }
    }
  }

  /// The settings may say how to reach another cluster: none of that is for this broker.
  private Settings.Reading read(List<AnnotatedFunction> functions) {
    return Settings.readWithoutCluster(common.sources(flags.given(), functions));
  }

  private LocalBroker start() {
    return ephemeral ? LocalBroker.ephemeral(port) : LocalBroker.in(DATA, port);
  }

  private int run(LoadedFunctions loaded, Settings settings, LocalBroker broker, Cluster cluster)
      throws InterruptedException {
    try (RunningFunctions running = RunningFunctions.prepare(loaded, settings, cluster)) {
      running.start();
      running.awaitReady(console.stop());
      ready(broker, running);
      if (!common.json()) {
        running.announce(console, false);
      }
      int code = untilStopped(broker);
      boolean drained = running.stop();
      if (!common.json()) {
        running.summarize(console, false);
      }
      return drained ? code : ExitCode.STOPPED;
    }
  }

  private void ready(LocalBroker broker, @Nullable RunningFunctions running) {
    if (common.json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("bootstrap", broker.bootstrap());
      line.put("registry", null);
      line.put("console", null);
      line.put("metricsPort", running == null ? null : running.metricsPort());
      line.put("pid", ProcessHandle.current().pid());
      console.out().println(JsonMapper.shared().writeValueAsString(line));
      console.out().flush();
    } else {
      console.err().println("Kafka is ready on " + broker.bootstrap() + ". Ctrl-C ends it.");
    }
  }

  private int untilStopped(LocalBroker broker) {
    CompletableFuture<Optional<BrokerException>> gone = broker.process().exited();
    console.stop().onRequest(() -> gone.complete(Optional.empty()));
    Optional<BrokerException> reason = gone.join();
    if (reason.isPresent()) {
      throw broker.gone(reason.get());
    }
    return ExitCode.DONE;
  }
}
