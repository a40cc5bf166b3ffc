package dev.millrace.cli;

import dev.millrace.engine.settings.Start;
import java.time.ZoneId;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// Prints the records of a topic.
@Command(
    name = "consume",
    sortOptions = false,
    footer = {
      "",
      "Prints partition, offset, time, key and value; with --output json one JSON object for each",
      "record. Reads without a group, so nobody's position changes, and stops at the end as it is",
      "now unless told to follow.",
      "",
      "  millrace consume orders --from 15m --follow",
      "  millrace consume orders --output json | jq .value"
    })
final class Consume implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "TOPIC", description = "The topic to read.")
  private String topic = "";

  @Option(
      names = "--from",
      paramLabel = "WHERE",
      converter = StartConverter.class,
      description =
          "earliest (the default), latest, an offset, a time (2026-01-31T12:00:00Z) or how far back"
              + " (15m, 2h, 3d).")
  private Start from = new Start.Earliest();

  @Option(
      names = "--max",
      paramLabel = "N",
      converter = Count.class,
      description = "The most records to print.")
  private long max = Long.MAX_VALUE;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on at the end and wait for more, until Ctrl-C.")
  private boolean follow;

  @Option(names = "--partition", paramLabel = "N", description = "Read only this partition.")
  private @Nullable Integer partition;

  @Mixin private CommonOptions common;

  private static final class Count implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      if (!text.matches("[0-9]{1,18}")) {
        throw new TypeConversionException("'" + text + "' is no number of records");
      }
      return Long.valueOf(text);
    }
  }

  Consume(Console console) {
    this.console = console;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    OptionalInt only = partition == null ? OptionalInt.empty() : OptionalInt.of(partition);
    try (Cluster cluster = common.cluster();
        TopicReader reader =
            new TopicReader(cluster, topic, only, from, follow, console.err()::println)) {
      long printed = print(reader);
      if (printed == 0 && !common.json()) {
        console.err().println("[" + topic + "] no records there.");
      }
    }
    return ExitCode.DONE;
  }

  private long print(TopicReader reader) {
    RecordPrinter printer = printer();
    long printed = 0;
    while (printed < max && !reader.done() && !console.stop().requested()) {
      List<ConsumerRecord<byte[], byte[]>> records = reader.poll();
      for (ConsumerRecord<byte[], byte[]> next : records) {
        if (printed == max) {
          break;
        }
        printer.print(next, console.out());
        printed++;
      }
      if (console.out().checkError()) {
        break; // Nobody reads on.
      }
    }
    return printed;
  }

  private RecordPrinter printer() {
    if (common.json()) {
      return new JsonPrinter();
    }
    int width =
        console.outTerminal() ? new Terminal(console.environment()).width() : Integer.MAX_VALUE;
    return new TextPrinter(width, ZoneId.systemDefault());
  }
}
