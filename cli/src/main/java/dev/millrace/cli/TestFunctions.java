package dev.millrace.cli;

import dev.millrace.cli.source.AuthorCode;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.kafka.RecordId;
import dev.millrace.engine.kafka.TopicScan;
import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import dev.millrace.testing.FunctionTester;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.json.JsonMapper;

/// Tries functions on messages and runs their tests.
@Command(
    name = "test",
    sortOptions = false,
    footer = {
      "",
      "Without --sample, --topic, --last and --at each function is tried on samples/FUNCTION.jsonl"
          + " beside",
      "its file, if that is there. Nothing is produced, and nobody's position changes. JUnit tests"
          + " in",
      "the files are run too. Exit code 1 says that something failed.",
      "",
      "  millrace test Prediction.java --sample clients.jsonl",
      "  millrace test Prediction.java --last 50 --save samples/predict.jsonl",
      "  millrace test Prediction.java --at clients/0/42 --save poison.jsonl",
      "  millrace test Prediction.java PredictionTest.java"
    })
final class TestFunctions implements Callable<Integer> {
  private static final int USUAL_LAST = 10;
  private static final int USUAL_VALUE_WIDTH = 60;
  private static final int LEAST_VALUE_WIDTH = 20;

  /// Of a line, what all other columns need together.
  private static final int OTHER_COLUMNS = 60;

  private final Console console;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Java files, functions and tests; folders of them, or jars.")
  private List<Path> files = List.of();

  @Option(
      names = "--sample",
      paramLabel = "FILE",
      description =
          "Messages: a JSON value on each line, or what 'consume --output json' prints; CSV and raw"
              + " lines as 'produce' takes them.")
  private @Nullable Path sample;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "Try it on messages of this topic (default with --last: the function's own).")
  private @Nullable String topic;

  @Option(
      names = "--last",
      paramLabel = "N",
      converter = PositiveCount.class,
      description = "How many of the newest messages there (default: 10).")
  private @Nullable Integer last;

  @Option(
      names = "--at",
      paramLabel = "TOPIC/PARTITION/OFFSET",
      converter = RecordAt.class,
      description = "Try it on this one message, such as the one at which a partition stopped.")
  private @Nullable RecordId at;

  @Option(
      names = "--function",
      paramLabel = "NAME",
      description = "Only this one of the functions in the files.")
  private @Nullable String function;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description =
          "Keep the messages in this new file to the byte: as 'consume --output json' prints them,"
              + " and as text what that would change.")
  private @Nullable Path save;

  @Mixin private CommonOptions common;

  TestFunctions(Console console) {
    this.console = console;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    common.startLog();
    if (save != null) {
      new SampleFile(save).refuseToOverwrite();
    }
    PluginSettings replaced = common.plugins(Map.of());
    try (LoadedFunctions loaded =
        LoadedFunctions.loadWithTests(files, replaced, console, common.json())) {
      List<Class<?>> testClasses = loaded.code().tests();
      SettingsSources sources = common.sources(Map.of(), loaded.annotated());
      // Samples need no cluster, and so none of its secrets.
      Settings settings =
          loaded.check(
              ofTopic() ? Settings.read(sources) : Settings.readWithoutCluster(sources), List.of());
      common.tell(settings);
      List<Trial> trials = trials(loaded, settings);
      Optional<AuthorTests> tests =
          testClasses.isEmpty() ? Optional.empty() : Optional.of(AuthorTests.run(testClasses));
      if (trials.isEmpty() && tests.isEmpty()) {
        throw nothingToTry(loaded);
      }
      report(trials, tests);
      boolean passed =
          trials.stream().allMatch(Trial::passed) && tests.map(AuthorTests::passed).orElse(true);
      return passed ? ExitCode.DONE : ExitCode.FAILED;
    }
  }

  private List<Trial> trials(LoadedFunctions loaded, Settings settings) {
    List<Trial> trials = new ArrayList<>();
    for (FunctionDefinition one : chosen(loaded.definitions())) {
      List<ConsumerRecord<byte[], byte[]>> messages = messages(one, loaded.code(), settings);
      if (messages.isEmpty()) {
        if (save != null) {
          throw new SetupException(
              "--save",
              "there are no messages to keep",
              "Give --sample FILE, or --last N for those of the function's topic");
        }
        continue;
      }
      if (save != null) {
        new SampleFile(save).write(messages);
      }
      FunctionTester tester =
          FunctionTester.calling(loaded.invoker(one), settings.function(one.name())).goingOn();
      trials.add(new Trial(one, messages, tester.call(messages)));
    }
    return trials;
  }

  /// The function that is named, or all; what is given for one function must say which.
  private List<FunctionDefinition> chosen(List<FunctionDefinition> all) {
    List<String> names = all.stream().map(FunctionDefinition::name).toList();
    if (function != null) {
      List<FunctionDefinition> found =
          all.stream().filter(one -> one.name().equals(function)).toList();
      if (found.isEmpty()) {
        throw new SetupException(
            "--function",
            "there is no function '" + function + "' in the files",
            NearestName.of(function, names)
                .map(near -> "Did you mean '" + near + "'?")
                .orElse("There are: " + String.join(", ", names)));
      }
      return found;
    }
    if (all.size() > 1 && (sample != null || ofTopic() || save != null)) {
      throw new SetupException(
          "--function",
          "there are several functions in the files: " + String.join(", ", names),
          "Say which one is meant, such as --function " + names.getFirst());
    }
    return all;
  }

  private boolean ofTopic() {
    return topic != null || last != null || at != null;
  }

  /// None when there is no sample beside the function.
  private List<ConsumerRecord<byte[], byte[]>> messages(
      FunctionDefinition one, AuthorCode code, Settings settings) {
    String own = one.topics().getFirst();
    if (sample != null && ofTopic()) {
      throw new SetupException(
          "--sample",
          "messages come from a file or from a topic, not both",
          "Leave one of them out");
    }
    if (at != null && (topic != null || last != null)) {
      throw new SetupException(
          "--at", "it names a single message with its topic", "Leave out --topic and --last");
    }
    if (sample != null) {
      return new SampleFile(sample).read(own);
    }
    if (at != null) {
      try (Cluster cluster = Cluster.connect(new KafkaClients(settings.connection()))) {
        return List.of(message(cluster, at));
      }
    }
    if (ofTopic()) {
      String from = topic == null ? own : topic;
      try (Cluster cluster = Cluster.connect(new KafkaClients(settings.connection()))) {
        List<ConsumerRecord<byte[], byte[]>> found =
            new LastRecords(console.stop()).of(cluster, from, last == null ? USUAL_LAST : last);
        if (found.isEmpty()) {
          throw new SetupException(
              from, "the topic holds no messages", "Give another with --topic, or a --sample FILE");
        }
        return found;
      }
    }
    SampleFile beside = SampleFile.of(code.folderOf(one.method().getDeclaringClass()), one.name());
    return Files.exists(beside.path()) ? beside.read(own) : List.of();
  }

  private static ConsumerRecord<byte[], byte[]> message(Cluster cluster, RecordId id) {
    return new TopicScan(cluster.clients(), cluster.topics())
        .find(cluster.topics().describe(id.topic()), id)
        .orElseThrow(() ->
            new SetupException(
                id.toString(),
                "there is no such message: it was deleted, or never written",
                "'millrace topics show " + id.topic() + "' says which offsets there are"));
  }

  private static SetupException nothingToTry(LoadedFunctions loaded) {
    FunctionDefinition first = loaded.definitions().getFirst();
    return new SetupException(
        first.name(),
        "there is nothing to try: no test among the files, and no messages",
        "Write messages to "
            + SampleFile.of(
                    loaded.code().folderOf(first.method().getDeclaringClass()), first.name())
                .path()
            + ", or give --sample FILE, or --last N for those of its topic");
  }

  /// Reads where a message is.
  static final class RecordAt implements ITypeConverter<RecordId> {
    @Override
    public RecordId convert(String text) {
      return RecordId.read(text)
          .orElseThrow(() ->
              new TypeConversionException(
                  "'" + text + "' is not TOPIC/PARTITION/OFFSET such as orders/0/42"));
    }
  }

  private void report(List<Trial> trials, Optional<AuthorTests> tests) {
    if (common.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("functions", trials.stream().map(Trial::json).toList());
      json.put("tests", tests.map(AuthorTests::json).orElse(List.of()));
      console.out().println(JsonMapper.shared().writeValueAsString(json));
      return;
    }
    int width =
        console.outTerminal()
            ? Math.max(
                LEAST_VALUE_WIDTH,
                (new Terminal(console.environment()).width() - OTHER_COLUMNS) / 2)
            : USUAL_VALUE_WIDTH;
    trials.forEach(trial -> {
      trial.print(console.out(), width);
      if (trial != trials.getLast() || tests.isPresent()) {
        console.out().println();
      }
    });
    tests.ifPresent(all -> all.print(console.out()));
  }
}
