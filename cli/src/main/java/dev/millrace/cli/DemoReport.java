package dev.millrace.cli;

import dev.millrace.engine.FunctionRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.json.JsonMapper;

/// What the demo tells: to people as it goes, to programs at the end.
final class DemoReport {
  private final StandardOutput out;
  private final Ansi ansi;
  private final int width;
  private final boolean json;

  /// @param json whether to print nothing but one JSON object
  DemoReport(Console console, boolean json) {
    this.out = console.out();
    this.ansi = console.colours() ? Ansi.ON : Ansi.OFF;
    this.width = console.outTerminal() ? new Terminal(console.environment()).width() : 100;
    this.json = json;
  }

  /// How a run of the demo went.
  ///
  /// @param sent events sent
  /// @param asked events that were to be sent
  /// @param seconds from the first event sent to the last one finished
  /// @param firstMessageSeconds from the start of the process to the first output
  /// @param paced whether the events were held back to a pace for the eye
  record Outcome(
      long sent, long asked, double seconds, double firstMessageSeconds, boolean paced) {}

  void starting() {
    say("");
    say("  Starting a Kafka broker and three functions ...");
  }

  void ready(String bootstrap) {
    say("  @|bold A real Kafka broker|@ listens on " + bootstrap + " for as long as this runs.");
    say("  Functions read from its topics and write to others:");
    say("");
    say(
        "    client.signed_up -> @|bold,cyan predict|@ -> predict.topic"
            + " -> @|bold,cyan campaign|@ -> campaign.emails");
    say("    sales_input -> @|bold,cyan validate-sales|@ -> sales_validated, sales_error");
    say("");
  }

  /// The first record of each topic.
  void samples(DemoTally tally) {
    say("  The first records on their way:");
    say("");
    int column = DemoTally.TOPICS.stream().mapToInt(String::length).max().orElse(0);
    for (String topic : DemoTally.TOPICS) {
      List<String> lines =
          tally.first(topic).map(value -> wrapped(value, width - column - 6)).orElse(List.of());
      for (int i = 0; i < lines.size(); i++) {
        String name = i == 0 ? topic : "";
        say("    @|faint " + name + "|@" + " ".repeat(column - name.length() + 2), lines.get(i));
      }
    }
    say("");
  }

  /// Cut behind commas into lines of this length, where that is possible.
  private static List<String> wrapped(String json, int length) {
    List<String> lines = new ArrayList<>();
    String left = json;
    while (left.length() > length) {
      int comma = left.lastIndexOf(',', length - 1);
      int end = comma < 1 ? length : comma + 1;
      lines.add(left.substring(0, end));
      left = left.substring(end);
    }
    lines.add(left);
    return lines;
  }

  void outcome(Outcome outcome, List<FunctionRun> runs, DemoTally tally) {
    if (json) {
      print(JsonMapper.shared().writeValueAsString(summary(outcome, runs, tally)));
      return;
    }
    Table table = new Table("  FUNCTION", "READ", "WROTE");
    for (FunctionRun run : runs) {
      table.row(
          "  " + run.definition().name(), run.meters().recordsIn(), listed(outputs(run), " to "));
    }
    table.print(out);
    say("");
    accounts(tally);
    if (!tally.reasons().isEmpty()) {
      say("  Why some were refused, a few for several reasons:");
    }
    tally
        .reasons()
        .forEach((reason, count) -> say(String.format(Locale.ROOT, "  %,7d  %s", count, reason)));
    say("  Valid ones by location, which is their key: " + listed(tally.locations(), " ") + ".");
    say("");
    say(speed(outcome, tally));
    say("");
  }

  /// What a function wrote, in the order of its declaration.
  private static Map<String, Long> outputs(FunctionRun run) {
    Map<String, Long> sent = run.meters().outputs();
    Map<String, Long> outputs = new LinkedHashMap<>();
    run.definition()
        .outputs()
        .forEach(output -> outputs.put(output.topic(), sent.getOrDefault(output.topic(), 0L)));
    return outputs;
  }

  private void accounts(DemoTally tally) {
    String sum =
        number(tally.count(DemoEvents.SALES))
            + " in = "
            + number(tally.count(DemoTally.VALIDATED))
            + " validated + "
            + number(tally.count(DemoTally.ERRORS))
            + " errors";
    say(
        tally.accounted()
            ? "  @|bold,green Every sale is accounted for, once:|@ " + sum + "."
            : "  @|bold,red Not every sale came out once:|@ " + sum + ".");
  }

  private static String speed(Outcome outcome, DemoTally tally) {
    String rate = number(Math.round(outcome.sent() / Math.max(0.001, outcome.seconds())));
    return String.format(
        Locale.ROOT,
        "  %s events in %.1f s%s; the first output %.1f s after the program began.%n"
            + "  From a sale to its outcome: %d ms for half of them, %d ms for 99 %%.",
        number(outcome.sent()),
        outcome.seconds(),
        outcome.paced() ? " at a pace for the eye" : ", " + rate + " a second",
        outcome.firstMessageSeconds(),
        tally.within(0.5),
        tally.within(0.99));
  }

  /// What to try next: commands that work as they stand, in the folder of the clone.
  void next() {
    say("  @|bold Next|@, in two terminals:");
    say("    ./millrace dev examples/src/main/java/TextTransformer.java");
    say("    echo 'a mill' | ./millrace produce lines && ./millrace consume shouted.lines");
    say(
        "  The functions of this demo are in examples/src/main/java; README.md says how to write"
            + " yours.");
    say("");
  }

  private static Map<String, Object> summary(
      Outcome outcome, List<FunctionRun> runs, DemoTally tally) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("records", outcome.sent());
    summary.put("complete", outcome.sent() == outcome.asked());
    summary.put("seconds", thousandths(outcome.seconds()));
    summary.put("firstMessageSeconds", thousandths(outcome.firstMessageSeconds()));
    List<Map<String, Object>> functions = new ArrayList<>();
    for (FunctionRun run : runs) {
      Map<String, Object> function = new LinkedHashMap<>();
      function.put("name", run.definition().name());
      function.put("in", run.meters().recordsIn());
      function.put("out", outputs(run));
      functions.add(function);
    }
    summary.put("functions", functions);
    Map<String, Long> topics = new LinkedHashMap<>();
    DemoTally.TOPICS.forEach(topic -> topics.put(topic, tally.count(topic)));
    summary.put("topics", topics);
    summary.put("accounted", tally.accounted());
    return summary;
  }

  private static double thousandths(double seconds) {
    return Math.round(seconds * 1_000) / 1_000.0;
  }

  private static String listed(Map<String, Long> counts, String between) {
    return counts.entrySet().stream()
        .map(count -> number(count.getValue()) + between + count.getKey())
        .collect(Collectors.joining(", "));
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /// @param text printed as it is: records may hold what looks like markup
  private void say(String markup, String text) {
    if (!json) {
      print(ansi.string(markup) + text);
    }
  }

  private void say(String markup) {
    if (!json) {
      print(ansi.string(markup));
    }
  }

  private void print(String line) {
    out.println(line);
    out.flush();
  }
}
