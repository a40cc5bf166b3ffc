package dev.millrace.cli;

import dev.millrace.cli.input.ColumnType;
import dev.millrace.cli.input.Entry;
import dev.millrace.cli.input.Format;
import dev.millrace.cli.input.InputException;
import dev.millrace.cli.input.Records;
import dev.millrace.cli.input.Source;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// Sends the records of a file or of standard input to a topic.
@Command(
    name = "produce",
    sortOptions = false,
    footer = {
      "",
      "A CSV row becomes a JSON object. A column whose every value is a number that prints back as",
      "the same text is a number; one '00123' or 'C536379' makes it text; an empty field is null.",
      "From a pipe, which cannot be read twice, every column is text; --types says otherwise.",
      "",
      "  millrace produce orders orders.csv --key customer",
      "  tail -f app.log | millrace produce log-lines"
    })
final class Produce implements Callable<Integer> {
  private final Console console;

  @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic to write to.")
  private String topic = "";

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      arity = "0..1",
      description = "The file to read (default: -, standard input).")
  private Path file = Path.of("-");

  @Option(
      names = "--format",
      paramLabel = "json|csv|lines",
      description = "How it is written (default: by the file's ending, else by its first byte).")
  private @Nullable Format format;

  @Option(
      names = "--key",
      paramLabel = "FIELD",
      description = "The field or column whose value becomes the record's key.")
  private @Nullable String key;

  @Option(
      names = "--types",
      paramLabel = "COLUMN=number|text",
      split = ",",
      description = "What CSV columns hold, as amount=number,zip=text.")
  private Map<String, ColumnType> types = new LinkedHashMap<>();

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "The most records to send in a second (default: as many as can be).")
  private double rate;

  @Mixin private CommonOptions common;

  Produce(Console console) {
    this.console = console;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() throws IOException {
    if (rate < 0 || Double.isNaN(rate)) {
      throw new SetupException("--rate", rate + " is no rate", "Give records for each second");
    }
    Source source = file.toString().equals("-") ? pipe() : Source.file(file);
    try (Cluster cluster = common.cluster()) {
      if (!cluster.topics().exists(topic)) {
        if (!cluster.topics().createsMissing()) {
          throw new SetupException(cluster.topics().missing("produce", List.of(topic)));
        }
        console.err().println("[" + topic + "] is new: the broker of 'millrace dev' creates it.");
      }
      try (Deliveries deliveries = new Deliveries(cluster, topic, source.name())) {
        return send(source, deliveries);
      }
    }
  }

  private Source pipe() {
    console.stop().closes(console.in());
    return Source.pipe(console.in());
  }

  private int send(Source source, Deliveries deliveries) throws IOException {
    long start = System.nanoTime();
    try {
      boolean complete = send(source, deliveries, new Pace(rate, console.stop()));
      deliveries.await();
      double seconds = (System.nanoTime() - start) / 1e9;
      console.out().println(summary(deliveries.acknowledged(), seconds, complete));
      return complete ? ExitCode.DONE : ExitCode.STOPPED;
    } catch (InputException e) {
      deliveries.await();
      Problem problem = e.problem();
      throw new FailedException(
          new Problem(
              problem.where(),
              problem.what(),
              problem.advice() + ". " + before(deliveries.acknowledged())),
          e);
    } catch (IOException e) {
      throw new FailedException(
          new Problem(source.name(), "cannot be read: " + e.getMessage(), "Look after the file"),
          e);
    } catch (RuntimeException e) {
      if (deliveries.sent() > 0 && !common.json()) {
        console.err().println(undelivered(deliveries));
      }
      throw e;
    }
  }

  /// Sends all records, or those before the stop.
  ///
  /// @return whether it came to the end
  private boolean send(Source source, Deliveries deliveries, Pace pace) throws IOException {
    try (Records records = open(source);
        Progress progress = Progress.of(source, console)) {
      while (!console.stop().requested()) {
        Entry entry = records.next();
        if (entry == null) {
          return !console.stop().requested();
        }
        pace.next();
        deliveries.send(entry);
        progress.step();
      }
      return false;
    } catch (IOException e) {
      if (console.stop().requested()) {
        return false; // Standard input was closed to end the wait for it.
      }
      throw e;
    }
  }

  private Records open(Source source) throws IOException {
    Format chosen = format != null ? format : Format.of(source);
    return chosen.open(source, Optional.ofNullable(key), types);
  }

  private String summary(long records, double seconds, boolean complete) {
    if (common.json()) {
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("topic", topic);
      summary.put("records", records);
      summary.put("seconds", Math.round(seconds * 1000) / 1000.0);
      summary.put("complete", complete);
      return JsonMapper.shared().writeValueAsString(summary);
    }
    return String.format(
        Locale.ROOT,
        "%s%,d %s to %s in %.1f s (%,d/s)",
        complete ? "" : "Stopped. ",
        records,
        records == 1 ? "record" : "records",
        topic,
        seconds,
        Math.round(records / Math.max(seconds, 0.001)));
  }

  private static String before(long records) {
    return switch (Math.toIntExact(Math.min(records, 2))) {
      case 0 -> "Nothing was produced before it";
      case 1 -> "1 record was produced before it";
      default -> String.format(Locale.ROOT, "%,d records were produced before it", records);
    };
  }

  private String undelivered(Deliveries deliveries) {
    return String.format(
        Locale.ROOT,
        "[%s] %,d of %,d records sent were acknowledged.",
        topic,
        deliveries.acknowledged(),
        deliveries.sent());
  }
}
