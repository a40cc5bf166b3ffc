package dev.millrace.cli;

import dev.millrace.cli.live.OneLine;
import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.deadletters.DeadLetters;
import dev.millrace.engine.deadletters.Fate;
import dev.millrace.engine.deadletters.StoredLetter;
import dev.millrace.engine.kafka.RecordId;
import dev.millrace.engine.problem.SetupException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/// Shows one dead letter.
@Command(
    name = "show",
    sortOptions = false,
    description = "Show a dead letter: what was wrong, where it came from, what became of it.",
    footer = {
      "",
      "  millrace dlq show orders.score.dlq/0/42 --save poison.jsonl",
      "  millrace test Score.java --sample poison.jsonl"
    })
final class DlqShow implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "ID",
      description = "TOPIC/PARTITION/OFFSET as 'dlq list' says; with --topic PARTITION/OFFSET.")
  private String id = "";

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "The dead-letter topic, where the ID does not say it.")
  private @Nullable String topic;

  @Option(
      names = "--payload",
      description = "Print the key, the value and the headers of the message too.")
  private boolean payload;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description =
          "Keep the original message in this new file, for 'millrace test --sample FILE'.")
  private @Nullable Path save;

  @Mixin private CommonOptions common;

  DlqShow(Console console) {
    this.console = console;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    RecordId wanted = id(topic == null ? id : topic + "/" + id);
    if (save != null) {
      new SampleFile(save).refuseToOverwrite();
    }
    try (Cluster cluster = common.cluster()) {
      DeadLetters letters = new DeadLetters(cluster.clients(), cluster.topics());
      StoredLetter letter = letters.find(wanted).orElseThrow(() -> none(wanted));
      Optional<Fate> fate = letters.fates().of(letter);
      if (save != null) {
        new SampleFile(save).write(List.of(letter.original()));
      }
      if (common.json()) {
        console.out().println(JsonMapper.shared().writeValueAsString(json(letter, fate)));
      } else {
        print(letter, fate);
      }
    }
    return ExitCode.DONE;
  }

  /// What a person wrote for a dead letter.
  static RecordId id(String text) {
    return RecordId.read(text)
        .orElseThrow(() ->
            new SetupException(
                "'" + text + "'",
                "this names no dead letter",
                "Write TOPIC/PARTITION/OFFSET as 'millrace dlq list' prints it, such as"
                    + " orders.score.dlq/0/42"));
  }

  /// There is no dead letter at this place.
  static SetupException none(RecordId id) {
    return new SetupException(
        id.toString(), "there is no dead letter", "'millrace dlq list' says which there are");
  }

  private void print(StoredLetter stored, Optional<Fate> fate) {
    DeadLetter letter = stored.letter();
    console.out().println(stored.id());
    line("function", letter.function());
    line("version", letter.version().isEmpty() ? "-" : letter.version());
    line("message", letter.topic() + "-" + letter.partition() + " @ " + letter.offset());
    line("time", letter.timestamp() < 0 ? "-" : time(Instant.ofEpochMilli(letter.timestamp())));
    line("error", letter.error());
    line("says", letter.message().isEmpty() ? "-" : letter.message());
    line("fingerprint", letter.fingerprint());
    line("attempts", Integer.toString(letter.attempts()));
    line("first failed", time(letter.first()));
    line("given up", time(letter.last()));
    line("hops", Integer.toString(letter.hops()));
    line("fate", fate.map(DlqShow::words).orElse("open"));
    if (!letter.stack().isEmpty()) {
      line("stack", "");
      letter.stack().lines().forEach(frame -> console.out().println("    " + new OneLine(frame)));
    }
    if (payload) {
      ConsumerRecord<byte[], byte[]> original = stored.original();
      line("key", TextPrinter.show(original.key(), "-"));
      line("value", TextPrinter.show(original.value(), "(tombstone)"));
      for (Header header : original.headers()) {
        line("header", header.key() + ": " + TextPrinter.show(header.value(), "-"));
      }
    }
    if (save != null) {
      console.err().println("The message is in " + save + ".");
    }
  }

  private void line(String word, String text) {
    console.out().println(("  %-12s  ".formatted(word) + new OneLine(text)).stripTrailing());
  }

  private static String words(Fate fate) {
    return fate.kind()
        + " "
        + time(fate.at())
        + " by "
        + fate.by()
        + (fate.reason().isEmpty() ? "" : ": " + fate.reason());
  }

  private static String time(Instant time) {
    return TextPrinter.time(time, ZoneId.systemDefault());
  }

  private Map<String, Object> json(StoredLetter stored, Optional<Fate> fate) {
    DeadLetter letter = stored.letter();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", stored.id().toString());
    json.put("function", letter.function());
    json.put("version", letter.version());
    json.put("topic", letter.topic());
    json.put("partition", letter.partition());
    json.put("offset", letter.offset());
    json.put(
        "timestamp",
        letter.timestamp() < 0 ? null : Instant.ofEpochMilli(letter.timestamp()).toString());
    json.put("error", letter.error());
    json.put("message", letter.message());
    json.put("fingerprint", letter.fingerprint());
    json.put("stack", letter.stack());
    json.put("attempts", letter.attempts());
    json.put("first", letter.first().toString());
    json.put("last", letter.last().toString());
    json.put("hops", letter.hops());
    json.put("fate", fate.map(DlqShow::json).orElse(null));
    if (payload) {
      byte[] record = new JsonPrinter().line(stored.original());
      json.put("record", new RawValue(new String(record, StandardCharsets.UTF_8)));
    }
    return json;
  }

  private static Map<String, Object> json(Fate fate) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", fate.kind().toString());
    json.put("at", fate.at().toString());
    json.put("by", fate.by());
    json.put("reason", fate.reason());
    return json;
  }
}
