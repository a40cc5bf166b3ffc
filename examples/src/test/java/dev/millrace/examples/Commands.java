package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.Main;
import dev.millrace.testing.TestKafka;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// The command line, in this process, against one cluster.
///
/// @param kafka the cluster
record Commands(TestKafka kafka) {
  /// Where the examples are.
  private static final Path SOURCES = Path.of("src", "main", "java");

  void createTopics(String... topics) {
    Stream.of(topics).forEach(topic -> kafka.create(topic, 3));
  }

  /// Sends lines to a topic.
  void produce(String topic, List<String> lines) {
    call(String.join("\n", lines) + "\n", "produce", topic);
  }

  /// Runs an example until all that is there is done.
  ///
  /// @param file its name
  void runToTheEnd(String file) {
    call("", "run", SOURCES.resolve(file).toString(), "--until", "end", "--metrics-port", "0");
  }

  /// All records of a topic, as `--output json` shows them.
  List<Map<String, Object>> consume(String topic) {
    return call("", "consume", topic, "--output", "json").lines().map(Commands::object).toList();
  }

  /// The values of all records of a topic.
  @SuppressWarnings("unchecked") // Whoever asks knows.
  <T> List<T> values(String topic) {
    return consume(topic).stream().map(one -> (T) one.get("value")).toList();
  }

  /// Runs a command that must succeed.
  ///
  /// @return its standard output
  String call(String input, String... words) {
    String[] args =
        Stream.concat(Stream.of(words), Stream.of("--bootstrap", kafka.bootstrap()))
            .toArray(String[]::new);
    var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code = Main.run(args, in, out, err);
    assertThat(code).as("%s: %s", String.join(" ", args), err).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  @SuppressWarnings("unchecked") // A JSON object is such a map.
  private static Map<String, Object> object(String line) {
    return JsonMapper.shared().readValue(line, Map.class);
  }
}
