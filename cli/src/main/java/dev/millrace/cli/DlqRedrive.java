package dev.millrace.cli;

import dev.millrace.engine.BoundedRun;
import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.OutputTopic;
import dev.millrace.engine.deadletters.DeadLetters;
import dev.millrace.engine.deadletters.FateLog;
import dev.millrace.engine.deadletters.Fates;
import dev.millrace.engine.deadletters.Redrive;
import dev.millrace.engine.deadletters.RedriveOutcome;
import dev.millrace.engine.deadletters.StoredLetter;
import dev.millrace.engine.deadletters.TakenOverException;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.plugin.RetriableDelivery;
import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.Settings;
import dev.millrace.plugin.Delivery;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// Runs a function over its own dead letters.
@Command(
    name = "redrive",
    sortOptions = false,
    description =
        "Run a function over its open dead letters, with the topics, partitions and offsets they"
            + " had.",
    footer = {
      "",
      "Only this function sees them. What it returns is sent; when the cluster has it, the dead",
      "letter is done. What fails again becomes a new dead letter with one hop more. Killed at any",
      "moment and run again it goes on where it was: nothing is lost, and some outputs may be sent",
      "twice. A second redrive of a function takes over from the first, which ends. Redriven",
      "messages have no order relative to those that are read now.",
      "",
      "  millrace dlq redrive score --with Score.java --dry-run",
      "  millrace dlq redrive score --with Score.java --filter ArithmeticException --max 100"
    })
final class DlqRedrive implements Callable<Integer> {
  private static final int MOST_HOPS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Console console;

  @Parameters(paramLabel = "FUNCTION", description = "The function's name.")
  private String function = "";

  @Option(
      names = "--with",
      arity = "1..*",
      required = true,
      paramLabel = "FILE",
      description = "Where the function is: Java files, folders of them, or jars.")
  private List<Path> files = List.of();

  @Option(
      names = "--dry-run",
      description = "Only say what would pass and what would fail; nothing is sent or written.")
  private boolean dry;

  @Mixin private LetterFilter filter = new LetterFilter();

  @Option(
      names = "--max",
      paramLabel = "N",
      converter = PositiveCount.class,
      description = "At most so many (default: all).")
  private @Nullable Integer max;

  @Option(
      names = "--max-hops",
      paramLabel = "N",
      converter = PositiveCount.class,
      description = "Those that failed so often are left alone (default: 5).")
  private int maxHops = MOST_HOPS;

  @Mixin private Consent consent;

  @Mixin private CommonOptions common;

  DlqRedrive(Console console) {
    this.console = console;
    this.consent = new Consent(console);
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    common.startLog();
    if (!dry) {
      consent.require();
    }
    PluginSettings replaced = common.plugins(Map.of());
    try (LoadedFunctions loaded = LoadedFunctions.load(files, replaced, console, common.json())) {
      Settings settings =
          loaded.check(Settings.read(common.sources(Map.of(), loaded.annotated())), List.of());
      common.tell(settings);
      FunctionDefinition definition = named(loaded.definitions());
      try (Cluster cluster = Cluster.connect(new KafkaClients(settings.connection()))) {
        return redrive(loaded, definition, settings.function(definition.name()), cluster);
      }
    }
  }

  private FunctionDefinition named(List<FunctionDefinition> all) {
    List<String> names = all.stream().map(FunctionDefinition::name).toList();
    return all.stream()
        .filter(one -> one.name().equals(function))
        .findFirst()
        .orElseThrow(() ->
            new SetupException(
                function,
                "there is no such function in the files of --with",
                NearestName.of(function, names)
                    .map(near -> "Did you mean '" + near + "'?")
                    .orElse("There are: " + String.join(", ", names))));
  }

  private int redrive(
      LoadedFunctions loaded,
      FunctionDefinition definition,
      FunctionSettings settings,
      Cluster cluster) {
    DeadLetters letters = new DeadLetters(cluster.clients(), cluster.topics());
    Set<String> topics =
        definition.topics().stream()
            .map(topic -> DeadLetter.topic(function, topic))
            .collect(Collectors.toSet());
    Fates fates = letters.fates();
    Selection selection = new Selection(fates);
    letters.read(topics, selection::count);
    if (console.stop().requested()) {
      return ExitCode.STOPPED;
    }
    if (selection.wanted == 0) {
      return nothing(selection);
    }
    FunctionInvoker invoker = loaded.invoker(definition);
    Redrive.Limits limits =
        new Redrive.Limits(settings.batchSize(), settings.batchBytes(), settings.deadline());
    if (dry) {
      try (Redrive redrive = Redrive.dry(invoker, limits)) {
        return run(redrive, letters, topics, selection);
      }
    }
    refuseWithoutTopics(definition, cluster);
    if (!consent.given(
        "Redrive " + LetterGroups.counted(selection.wanted) + " of '" + function + "'")) {
      console.err().println("Nothing was redriven.");
      return ExitCode.STOPPED;
    }
    Delivery.Sender sender =
        new RetriableDelivery(loaded.plugins().delivery()).open(cluster.clients().connection());
    try (FateLog log = FateLog.openForRedrive(cluster.clients(), cluster.topics(), function);
        Redrive redrive =
            new Redrive(invoker, limits, sender, log, System.getProperty("user.name", ""))) {
      // Another redrive may have been at them until now.
      selection.fates = letters.fates();
      return run(redrive, letters, topics, selection);
    } catch (TakenOverException e) {
      throw new FailedException(e.problem(), e);
    } finally {
      sender.close(PATIENCE);
    }
  }

  /// Which dead letters are meant, and how many of them there are.
  private final class Selection {
    private Fates fates;
    private long wanted;
    private long tooOften;
    private long taken;

    Selection(Fates fates) {
      this.fates = fates;
    }

    private boolean means(StoredLetter letter) {
      return letter.letter().function().equals(function)
          && filter.test(letter)
          && fates.of(letter).isEmpty();
    }

    boolean count(StoredLetter letter) {
      if (means(letter)) {
        if (letter.letter().hops() >= maxHops) {
          tooOften++;
        } else if (max == null || wanted < max) {
          wanted++;
        }
      }
      return !console.stop().requested();
    }

    /// Hands over those that are meant; what was written since the count is not among them.
    Predicate<StoredLetter> to(Predicate<StoredLetter> redrive) {
      return letter -> {
        boolean more = true;
        if (taken < wanted && means(letter) && letter.letter().hops() < maxHops) {
          taken++;
          more = redrive.test(letter);
        }
        return more && taken < wanted && !console.stop().requested();
      };
    }
  }

  private int run(Redrive redrive, DeadLetters letters, Set<String> topics, Selection selection) {
    try (RunProgress progress = new RunProgress(console)) {
      letters.read(
          topics,
          selection.to(letter -> {
            boolean more = redrive.add(letter);
            progress.at(
                new BoundedRun.Progress(function, selection.taken, selection.wanted, Set.of()));
            return more;
          }));
      if (!console.stop().requested()) {
        redrive.finish();
      }
    } finally {
      // Also when the cluster went away in the middle: what is done is done.
      report(redrive.outcome(), selection);
    }
    RedriveOutcome outcome = redrive.outcome();
    if (outcome.stopped().isPresent() || !outcome.passed()) {
      return ExitCode.FAILED;
    }
    return console.stop().requested() ? ExitCode.STOPPED : ExitCode.DONE;
  }

  private static void refuseWithoutTopics(FunctionDefinition definition, Cluster cluster) {
    List<Problem> missing =
        cluster
            .topics()
            .missing(
                definition.name(), definition.outputs().stream().map(OutputTopic::topic).toList());
    if (!missing.isEmpty()) {
      throw new SetupException(missing);
    }
  }

  private int nothing(Selection selection) {
    if (common.json()) {
      report(new RedriveOutcome(0, 0, 0, 0, Map.of(), List.of(), Optional.empty()), selection);
    } else {
      console.err().println("[" + function + "] no open dead letters to redrive.");
      tellOfThoseLeftAlone(selection);
    }
    return ExitCode.DONE;
  }

  private void tellOfThoseLeftAlone(Selection selection) {
    if (selection.tooOften > 0) {
      console
          .err()
          .printf(
              Locale.ROOT,
              "[%s] %s left alone: failed %d times or more. Take them along with --max-hops N, or"
                  + " discard them.%n",
              function,
              LetterGroups.counted(selection.tooOften),
              maxHops);
    }
  }

  private void report(RedriveOutcome outcome, Selection selection) {
    if (common.json()) {
      console.out().println(JsonMapper.shared().writeValueAsString(json(outcome, selection)));
      return;
    }
    console.out().println(sentence(outcome));
    if (!outcome.failures().isEmpty()) {
      Table table = new Table("COUNT", "ERROR", "EXAMPLE", "CAUSE");
      outcome
          .failures()
          .forEach(each ->
              table.row(
                  each.count(),
                  LetterGroups.simple(each.error()),
                  each.example(),
                  LetterGroups.cause(each.error(), each.fingerprint())));
      console.out().println();
      table.print(console.out());
    }
    outcome
        .stopped()
        .ifPresent(why ->
            console
                .err()
                .println(
                    new Problem(
                        function,
                        "the redrive ended at " + why,
                        "Mend that and run it again: it goes on there")));
    if (outcome.kept() > 0) {
      console
          .err()
          .println(
              new Problem(
                  function,
                  LetterGroups.counted(outcome.kept())
                      + " failed again and stay as they are: the cluster refused the new ones",
                  "Make the dead-letter topic's max.message.bytes larger, or ask for the right to"
                      + " write to it"));
    }
    tellOfThoseLeftAlone(selection);
  }

  private String sentence(RedriveOutcome outcome) {
    List<String> parts = new ArrayList<>();
    parts.add(
        String.format(Locale.ROOT, "%,d %s", outcome.redriven(), dry ? "would pass" : "redriven"));
    if (outcome.skipped() > 0) {
      parts.add(
          String.format(
              Locale.ROOT, "%,d %s", outcome.skipped(), dry ? "would be skipped" : "skipped"));
    }
    long failed = outcome.failedAgain() + outcome.kept();
    parts.add(
        String.format(Locale.ROOT, "%,d %s", failed, dry ? "would fail again" : "failed again"));
    String outputs =
        outcome.outputs().entrySet().stream()
            .map(each -> String.format(Locale.ROOT, "%,d to %s", each.getValue(), each.getKey()))
            .collect(Collectors.joining(", "));
    return "["
        + function
        + "] "
        + LetterGroups.counted(outcome.tried())
        + ": "
        + String.join(", ", parts)
        + "; "
        + (outputs.isEmpty() ? "no outputs" : "outputs: " + outputs)
        + (dry ? "; nothing was sent" : "");
  }

  private Map<String, Object> json(RedriveOutcome outcome, Selection selection) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("function", function);
    json.put("dryRun", dry);
    json.put("wanted", selection.wanted);
    json.put("redriven", outcome.redriven());
    json.put("skipped", outcome.skipped());
    json.put("failedAgain", outcome.failedAgain());
    json.put("kept", outcome.kept());
    json.put("leftAlone", selection.tooOften);
    json.put("outputs", outcome.outputs());
    List<Map<String, Object>> failures = new ArrayList<>();
    for (RedriveOutcome.Failures each : outcome.failures()) {
      Map<String, Object> failure = new LinkedHashMap<>();
      failure.put("error", each.error());
      failure.put("fingerprint", each.fingerprint());
      failure.put("count", each.count());
      failure.put("example", each.example().toString());
      failures.add(failure);
    }
    json.put("failures", failures);
    json.put("stopped", outcome.stopped().orElse(""));
    return json;
  }
}
