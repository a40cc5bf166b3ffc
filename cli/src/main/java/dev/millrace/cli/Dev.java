package dev.millrace.cli;

import dev.millrace.broker.BrokerException;
import dev.millrace.cli.files.FilesRead;
import dev.millrace.cli.live.LiveFunctions;
import dev.millrace.cli.live.Reload;
import dev.millrace.cli.live.Revival;
import dev.millrace.cli.live.Version;
import dev.millrace.engine.plugin.Plugins;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
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
      "Files that are saved, functions and settings alike, are taken over while it runs. In a",
      "terminal the functions are shown in a table with keys: p pause, r resume, s stack, q quit.",
      "With --output json the first line of standard output says where everything is, once it is",
      "ready, and what functions print goes to standard error.",
      "",
      "  millrace dev HelloWorldConsumer.java",
      "  echo hello | millrace produce some.topic"
    })
final class Dev implements Callable<Integer> {
  /// Where the other commands look for a cluster when they are not told.
  private static final int USUAL_PORT = 9092;

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
  private int port = USUAL_PORT;

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
    DevFiles author = new DevFiles(files, flags.given(), common);
    if (files.isEmpty()) {
      common.tell(author.settings(List.of()).orThrow());
      try (LocalBroker broker = start()) {
        ready(broker, null);
        return untilStopped(broker, console.err()::println, () -> {});
      }
    }
    // The author's mistakes first: a broker takes a second to start.
    try (Version version = author.read(console, new FilesRead());
        Plugins plugins = version.plugins()) {
      common.tell(version.settings());
      try (LocalBroker broker = start();
          Cluster cluster = broker.connect()) {
        FunctionTopics.create(cluster.topics(), version.declared());
        return run(author, version, broker, cluster);
      }
    }
  }

  private LocalBroker start() {
    return ephemeral ? LocalBroker.ephemeral(port) : LocalBroker.in(DATA, port);
  }

  private int run(DevFiles author, Version version, LocalBroker broker, Cluster cluster)
      throws InterruptedException {
    try (RunningFunctions running =
        RunningFunctions.prepare(
            version.functions(), version.plugins(), version.settings(), cluster)) {
      running.start();
      running.awaitReady(console.stop());
      ready(broker, running);
      if (!common.json()) {
        running.announce(console, false);
      }
      try (LiveFunctions live = LiveFunctions.ofDev(running.engine(), version)) {
        int code = live(author, live, running, broker, cluster);
        boolean drained = running.stop();
        if (!common.json()) {
          running.summarize(console, false);
        }
        return drained ? code : ExitCode.STOPPED;
      }
    }
  }

  /// Shows the functions and takes over what is saved, until the end is asked for.
  private int live(
      DevFiles author,
      LiveFunctions live,
      RunningFunctions running,
      LocalBroker broker,
      Cluster cluster)
      throws InterruptedException {
    String place =
        "Kafka %s   http://localhost:%d/metrics"
            .formatted(broker.bootstrap(), running.metricsPort());
    try (DevView view =
            new DevView(console, common.verbose, !common.json(), running.engine(), place);
        Reload reload =
            new Reload(
                author.watched(view.console()),
                live,
                declared -> FunctionTopics.create(cluster.topics(), declared),
                view::say)) {
      NextCommand test = NextCommand.of("test").and(files);
      Culprits culprits =
          new Culprits(
              port == USUAL_PORT ? test : test.and("--bootstrap", broker.bootstrap()), view::say);
      return untilStopped(broker, view::say, () -> culprits.look(running.statuses()));
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

  /// A broker that dies is started again, since its data is kept.
  ///
  /// @param look run every second
  private int untilStopped(LocalBroker broker, Consumer<String> say, Runnable look)
      throws InterruptedException {
    Revival revival = new Revival(Instant.now());
    while (true) {
      CompletableFuture<Optional<BrokerException>> gone = broker.process().exited();
      console.stop().onRequest(() -> gone.complete(Optional.empty()));
      Optional<BrokerException> reason = await(gone, look);
      if (console.stop().requested() || reason.isEmpty()) {
        return ExitCode.DONE;
      }
      while (reason.isPresent()) {
        if (reason.get().kind() != BrokerException.Kind.DIED || !revival.died(Instant.now())) {
          throw broker.gone(reason.get());
        }
        say.accept(
            new Problem(
                    "broker",
                    reason.get().what(),
                    "It is started again with its data; functions go on when it answers")
                .toString());
        console.stop().await(revival.pause());
        if (console.stop().requested()) {
          return ExitCode.DONE;
        }
        reason = broker.again();
      }
      revival.born(Instant.now());
      say.accept("Kafka is ready again on " + broker.bootstrap() + ".");
    }
  }

  private static Optional<BrokerException> await(
      CompletableFuture<Optional<BrokerException>> gone, Runnable look)
      throws InterruptedException {
    while (true) {
      try {
        return gone.get(1, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        look.run();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a broker's end is told, however it ends", e);
      }
    }
  }
}
