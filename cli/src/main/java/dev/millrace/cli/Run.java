package dev.millrace.cli;

import dev.millrace.cli.files.FilesRead;
import dev.millrace.cli.live.LiveFunctions;
import dev.millrace.cli.live.Reload;
import dev.millrace.engine.BoundedRun;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.kafka.Topics;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.Start;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeleteConsumerGroupsOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs functions against a cluster.
@Command(
    name = "run",
    sortOptions = false,
    description = "Run the functions of these files against a cluster, until Ctrl-C.",
    footer = {
      "",
      "Each function is a consumer group of its name: run again, it goes on where it was. With",
      "--from it reads in a group of its own that is deleted at the end. With --output json",
      "standard output has one JSON object when all has started and one at the end, and what",
      "functions print goes to standard error. Settings that are saved in millrace.yaml, or in"
          + " what",
      "--config and --platform name, are taken over while it runs.",
      "",
      "  millrace run HelloWorldConsumer.java",
      "  millrace run Prediction.java Campaign.java --until end"
    })
final class Run implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final Duration CULPRITS_EVERY = Duration.ofSeconds(1);

  private final Console console;
  private final SettingFlags flags;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Java files, folders of them, or jars.")
  private List<Path> files = List.of();

  @Option(
      names = "--until",
      paramLabel = "end|TIME",
      converter = Until.Parser.class,
      description = "End when everything up to the end as of now, or up to this time, is done.")
  private @Nullable Until until;

  @Option(
      names = "--from",
      paramLabel = "WHERE",
      converter = StartConverter.class,
      description =
          "Read from here, in a group of its own: earliest, latest, an offset, a time"
              + " (2026-01-31T12:00:00Z) or how far back (15m, 2h, 3d).")
  private @Nullable Start from;

  @Mixin private CommonOptions common;

  /// @param flags the flags for settings, which [Main] adds to this command
  Run(Console console, SettingFlags flags) {
    this.console = console;
    this.flags = flags;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() throws InterruptedException {
    common.startLog();
    FilesRead read = new FilesRead();
    common.settingsFiles().forEach(read::before);
    PluginSettings replaced = common.plugins(flags.given());
    try (LoadedFunctions loaded = LoadedFunctions.load(files, replaced, console, common.json())) {
      Settings.Reading reading = settings(loaded);
      if (!reading.clusterProblems().isEmpty()) {
        loaded.check(reading, List.of()); // Without the topics: nobody can be asked.
      }
      KafkaClients clients = new KafkaClients(reading.settings().connection());
      try (Cluster cluster = ask(loaded, reading, () -> Cluster.connect(clients))) {
        List<Problem> topics = ask(loaded, reading, () -> topicProblems(cluster.topics(), loaded));
        Settings settings = loaded.check(reading, topics);
        common.tell(settings);
        loaded.unthrown(settings).forEach(console.err()::println);
        return run(loaded, settings, read, cluster);
      }
    }
  }

  private Settings.Reading settings(LoadedFunctions loaded) {
    return Settings.read(common.sources(flags.given(), loaded.annotated()));
  }

  /// The answer to a question to the cluster. Where there is none, all that is known to be wrong
  /// comes first.
  private static <T> T ask(LoadedFunctions loaded, Settings.Reading reading, Supplier<T> question) {
    try {
      return question.get();
    } catch (UnavailableException e) {
      loaded.check(reading, List.of());
      throw e;
    } catch (SetupException e) {
      loaded.check(reading, e.problems());
      throw e;
    }
  }

  private List<Problem> topicProblems(Topics topics, LoadedFunctions loaded) {
    List<Problem> problems = new ArrayList<>(FunctionTopics.missing(topics, loaded.declared()));
    if (from instanceof Start.Offset(long offset)) {
      problems.addAll(FunctionTopics.ended(topics, loaded.declared(), offset));
    }
    return problems;
  }

  private int run(LoadedFunctions loaded, Settings settings, FilesRead read, Cluster cluster)
      throws InterruptedException {
    Function<FunctionDefinition, String> group = group();
    try (RunningFunctions running =
        RunningFunctions.prepare(
            loaded.invokers(), loaded.plugins(), settings, cluster, start(), group)) {
      running.announce(console, common.json());
      LiveFunctions live =
          LiveFunctions.ofRun(running.engine(), loaded.version(settings, read.snapshot()), start());
      Culprits culprits =
          new Culprits(
              common.again(NextCommand.of("test").and(files), settings), console.err()::println);
      int code;
      try (Reload reload =
          new Reload(watched(loaded), live, declared -> {}, console.err()::println)) {
        code = until == null ? runOn(running, culprits) : runUntil(running, until, culprits);
      }
      running.summarize(console, common.json());
      if (code == ExitCode.FAILED) {
        throw running.failure();
      }
      return code;
    } finally {
      if (from != null) {
        deleteGroups(cluster.clients(), loaded.definitions().stream().map(group).toList());
      }
    }
  }

  /// The settings alone: what code a process runs is decided when it starts.
  private Reload.Author watched(LoadedFunctions loaded) {
    return new Reload.Author(
        Set::of,
        common.watchedSettings(),
        Optional.empty(),
        version -> settings(loaded).orThrow(),
        () -> {});
  }

  private int runOn(RunningFunctions running, Culprits culprits) throws InterruptedException {
    running.start();
    while (!console.stop().requested()) {
      culprits.look(running.statuses());
      console.stop().await(CULPRITS_EVERY);
    }
    return running.stop() ? ExitCode.DONE : ExitCode.STOPPED;
  }

  private int runUntil(RunningFunctions running, Until where, Culprits culprits)
      throws InterruptedException {
    Optional<Instant> time =
        switch (where) {
          case Until.End() -> Optional.empty();
          case Until.Time(Instant at) -> Optional.of(at);
        };
    try (RunProgress progress = new RunProgress(console)) {
      BoundedRun bounded =
          new BoundedRun(
              running.engine(),
              running.engine().runs(),
              time,
              at -> {
                running.look();
                progress.at(at);
              });
      while (!bounded.advance()) {
        if (console.stop().requested()) {
          running.stop();
          return ExitCode.STOPPED;
        }
        console.stop().await(LOOK_EVERY);
      }
      running.leftUnfinished(bounded.unfinished());
      culprits.look(bounded.unfinished().stream().map(BoundedRun.Unfinished::status).toList());
      return bounded.unfinished().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }
  }

  private UnaryOperator<FunctionSettings> start() {
    Start where = from;
    return where == null ? settings -> settings : settings -> settings.withStart(where);
  }

  private Function<FunctionDefinition, String> group() {
    if (from == null) {
      return FunctionDefinition::name;
    }
    String suffix = UUID.randomUUID().toString().substring(0, 8);
    return definition -> "millrace-" + definition.name() + "-" + suffix;
  }

  /// Groups that nobody will go on with. Their members have left.
  private void deleteGroups(KafkaClients clients, List<String> groups) throws InterruptedException {
    DeleteConsumerGroupsOptions options =
        new DeleteConsumerGroupsOptions().timeoutMs(Math.toIntExact(PATIENCE.toMillis()));
    try (Admin admin = clients.admin()) {
      for (Map.Entry<String, KafkaFuture<Void>> group :
          admin.deleteConsumerGroups(groups, options).deletedGroups().entrySet()) {
        try {
          group.getValue().get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof GroupIdNotFoundException)) {
            console
                .err()
                .println(
                    new Problem(
                        "--from",
                        "the group " + group.getKey() + " could not be deleted",
                        "It expires by itself. The reason: "
                            + clients.problems().translate(e).getMessage()));
          }
        }
      }
    }
  }
}
