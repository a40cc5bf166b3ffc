package dev.millrace.cli;

import dev.millrace.engine.BoundedRun;
import dev.millrace.engine.Engine;
import dev.millrace.engine.FunctionRun;
import dev.millrace.engine.FunctionStatus;
import dev.millrace.engine.FunctionStatus.StoppedPartition;
import dev.millrace.engine.FunctionStatus.Word;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.OutputTopic;
import dev.millrace.engine.metrics.FunctionMeters;
import dev.millrace.engine.metrics.HealthServer;
import dev.millrace.engine.plugin.Plugins;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// Functions of this process, with their metrics and health over HTTP.
final class RunningFunctions implements AutoCloseable {
  private final Engine engine;
  private final HealthServer health;

  /// How each function stood when it last had partitions: without them it cannot say where it
  /// stopped.
  private final Map<FunctionRun, FunctionStatus> last = new LinkedHashMap<>();

  /// Of the functions that could not be finished.
  private final List<FunctionStatus> ends = new ArrayList<>();

  private RunningFunctions(Engine engine, HealthServer health) {
    this.engine = engine;
    this.health = health;
  }

  /// Functions with these settings, each in the consumer group of its name, that read nothing
  /// before [#start] or a bounded run.
  ///
  /// @param plugins those of the settings
  static RunningFunctions prepare(
      List<FunctionInvoker> functions, Plugins plugins, Settings settings, Cluster cluster) {
    return prepare(
        functions,
        plugins,
        settings,
        cluster,
        UnaryOperator.identity(),
        definition -> definition.name());
  }

  /// The same, with settings and groups of the caller's choice.
  ///
  /// @param adjust changes the settings of each function, for instance where it starts
  /// @param group the consumer group of a function
  static RunningFunctions prepare(
      List<FunctionInvoker> functions,
      Plugins plugins,
      Settings settings,
      Cluster cluster,
      UnaryOperator<FunctionSettings> adjust,
      Function<FunctionDefinition, String> group) {
    Engine engine =
        new Engine(settings.engine(), cluster.clients(), cluster.features(), plugins.delivery());
    try {
      HealthServer health =
          new HealthServer(
              settings.server().metricsPort(), engine.meters(), engine::dead, engine::notReady);
      RunningFunctions running = new RunningFunctions(engine, health);
      for (FunctionInvoker invoker : functions) {
        FunctionDefinition definition = invoker.definition();
        FunctionSettings function = adjust.apply(settings.function(definition.name()));
        engine.prepare(invoker, function, group.apply(definition));
      }
      return running;
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  void start() {
    engine.runs().forEach(FunctionRun::start);
  }

  Engine engine() {
    return engine;
  }

  /// Where metrics and health are answered.
  int metricsPort() {
    return health.port();
  }

  /// Says what runs: for people in a line each, for programs in one JSON line.
  void announce(Console console, boolean json) {
    if (json) {
      List<Map<String, Object>> functions = new ArrayList<>();
      for (FunctionRun run : engine.runs()) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", run.definition().name());
        function.put("group", run.group());
        function.put("topics", run.definition().topics());
        function.put("outputs", outputs(run));
        functions.add(function);
      }
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("event", "started");
      line.put("metricsPort", metricsPort());
      line.put("functions", functions);
      print(console, line);
      return;
    }
    for (FunctionRun run : engine.runs()) {
      String outputs = String.join(", ", outputs(run));
      String group =
          run.group().equals(run.definition().name()) ? "" : " in the group " + run.group();
      console
          .err()
          .println(
              "["
                  + run.definition().name()
                  + "] "
                  + String.join(", ", run.definition().topics())
                  + (outputs.isEmpty() ? "" : " -> " + outputs)
                  + group);
    }
    console.err().println("Metrics and health: http://localhost:" + metricsPort() + "/metrics");
  }

  /// How the functions stand.
  List<FunctionStatus> statuses() {
    return engine.runs().stream().map(FunctionRun::status).toList();
  }

  /// Notes how the functions stand, for the summary.
  void look() {
    for (FunctionRun run : engine.runs()) {
      FunctionStatus now = run.status();
      if (now.partitions() > 0 || now.word() == Word.STOPPED || !last.containsKey(run)) {
        last.put(run, now);
      }
    }
  }

  /// Notes how the functions stood that a bounded run could not finish.
  void leftUnfinished(List<BoundedRun.Unfinished> unfinished) {
    for (BoundedRun.Unfinished one : unfinished) {
      last.put(one.run(), one.status());
      ends.add(one.status());
    }
  }

  /// What could not be finished and what to do.
  FailedException failure() {
    boolean gone = ends.stream().anyMatch(status -> status.word() == Word.DOWN);
    return new FailedException(
        new Problem(
            ends.stream().map(FunctionStatus::function).collect(Collectors.joining(", ")),
            "not everything could be done: "
                + ends.stream()
                    .map(status ->
                        (status.word() == Word.STOPPED && !status.stopped().isEmpty()
                                ? "stopped at "
                                : "")
                            + status.reason())
                    .collect(Collectors.joining("; ")),
            gone
                ? "What was done stays done. See that the topic is there and run it again"
                : "Nothing is lost. Correct the function or what it needs, and run it again"));
  }

  /// Says what was done: for people in a line for each function, for programs in one JSON line.
  void summarize(Console console, boolean json) {
    look();
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("event", "ended");
      line.put("functions", engine.runs().stream().map(this::summary).toList());
      print(console, line);
      return;
    }
    for (FunctionRun run : engine.runs()) {
      console
          .err()
          .printf(
              Locale.ROOT,
              "[%s] %,d records in, %,d out%s%s%n",
              run.definition().name(),
              in(run.meters()),
              run.meters().recordsOut(),
              aside(run.meters()),
              stops(trouble(run)));
    }
  }

  /// Calls do not finish what is put aside.
  private static long in(FunctionMeters meters) {
    return meters.recordsIn() + meters.recordsSkipped() + meters.deadLetters();
  }

  private static String aside(FunctionMeters meters) {
    StringBuilder aside = new StringBuilder();
    if (meters.recordsSkipped() > 0) {
      aside.append(String.format(Locale.ROOT, ", %,d passed over", meters.recordsSkipped()));
    }
    if (meters.deadLetters() > 0) {
      aside.append(", ").append(LetterGroups.counted(meters.deadLetters()));
    }
    return aside.toString();
  }

  private Map<String, Object> summary(FunctionRun run) {
    Optional<FunctionStatus> trouble = trouble(run);
    Map<String, Object> function = new LinkedHashMap<>();
    function.put("name", run.definition().name());
    function.put("in", in(run.meters()));
    function.put("out", run.meters().outputs());
    function.put("skipped", run.meters().recordsSkipped());
    function.put("deadLetters", run.meters().deadLetters());
    function.put(
        "status",
        trouble.map(FunctionStatus::word).orElse(Word.OK).name().toLowerCase(Locale.ROOT));
    function.put("reason", trouble.map(FunctionStatus::reason).orElse(""));
    List<Map<String, Object>> stopped = new ArrayList<>();
    for (StoppedPartition one : trouble.map(FunctionStatus::stopped).orElse(List.of())) {
      Map<String, Object> place = new LinkedHashMap<>();
      place.put("topic", one.partition().topic());
      place.put("partition", one.partition().partition());
      place.put("offset", one.offset());
      stopped.add(place);
    }
    function.put("stopped", stopped);
    return function;
  }

  /// How the function stood, if that was worse than behind: at its end it is neither idle nor late.
  private Optional<FunctionStatus> trouble(FunctionRun run) {
    return Optional.ofNullable(last.get(run))
        .filter(status -> status.word().compareTo(Word.LAGGING) < 0);
  }

  private static String stops(Optional<FunctionStatus> trouble) {
    if (trouble.isEmpty()) {
      return "";
    }
    FunctionStatus status = trouble.get();
    if (status.stopped().isEmpty()) {
      return ", " + status.word().name().toLowerCase(Locale.ROOT) + ": " + status.reason();
    }
    return status.stopped().stream()
        .map(one -> one.partition() + " @ " + one.offset())
        .collect(Collectors.joining(", ", ", stopped at ", ""));
  }

  private static List<String> outputs(FunctionRun run) {
    return run.definition().outputs().stream().map(OutputTopic::topic).toList();
  }

  private static void print(Console console, Map<String, Object> line) {
    console.out().println(JsonMapper.shared().writeValueAsString(line));
    console.out().flush();
  }

  /// Waits until every function has its share of the partitions, or the end is asked for.
  void awaitReady(Stop stop) {
    while (engine.notReady().isPresent() && !stop.requested()) {
      stop.await(Duration.ofMillis(10));
    }
  }

  /// Finishes what is under way and ends all functions. Whether everything was finished in time.
  boolean stop() throws InterruptedException {
    look();
    return engine.stop();
  }

  @Override
  public void close() {
    engine.close();
    health.close();
  }
}
