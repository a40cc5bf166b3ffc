package dev.millrace.cli;

import dev.millrace.Verdict;
import dev.millrace.cli.live.OneLine;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.testing.CallFailure;
import dev.millrace.testing.FailureKind;
import dev.millrace.testing.Outcome;
import dev.millrace.testing.OutputRecord;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.databind.util.RawValue;

/// A function that was tried on messages, for people and for programs.
///
/// @param function the function
/// @param messages what it was called with
/// @param outcome what came of them
record Trial(
    FunctionDefinition function, List<ConsumerRecord<byte[], byte[]>> messages, Outcome outcome) {
  /// The source of an output that was made of a list as a whole.
  private static final Pattern LIST = Pattern.compile("(.*)/([0-9]+)/([0-9]+-[0-9]+)");

  /// Whether every message is done.
  boolean passed() {
    return outcome.failures().isEmpty();
  }

  /// Prints a line for each output, with the message it was made of before the first.
  ///
  /// @param width where values are cut
  void print(PrintStream out, int width) {
    Table table = new Table("MESSAGE", "VALUE", "VERDICT", "OUTPUT", "VALUE");
    Map<String, List<OutputRecord>> made = outputsBySource();
    Map<String, CallFailure> failed = failuresBySource();
    for (ConsumerRecord<byte[], byte[]> message : messages) {
      String where = message.topic() + "-" + message.partition() + " @ " + message.offset();
      String value = cut(TextPrinter.show(message.value(), "(tombstone)"), width);
      String verdict = verdict(message, failed);
      for (OutputRecord output : made.getOrDefault(source(message), List.of())) {
        row(table, where, value, verdict, output, width);
        where = "";
        value = "";
        verdict = "";
      }
      if (!where.isEmpty()) {
        table.row(where, value, verdict, "", "");
      }
    }
    for (OutputRecord output : madeOfLists()) {
      Matcher list = LIST.matcher(output.source());
      if (list.matches()) {
        row(table, list.replaceFirst("$1-$2 @ $3"), "(as a list)", "", output, width);
      }
    }
    table.print(out);
    out.println();
    for (CallFailure failure : outcome.failures()) {
      out.println(
          "["
              + function.name()
              + ", "
              + failure.where()
              + "] "
              + new OneLine(failure.message())
              + ".");
      failure.stack().lines().forEach(line -> out.println("    " + new OneLine(line)));
    }
    out.println(summary());
  }

  private static void row(
      Table table, String where, String value, String verdict, OutputRecord output, int width) {
    String key = output.key();
    table.row(
        where,
        value,
        verdict,
        key == null ? output.topic() : output.topic() + ", key " + cut(key, width),
        output.isTombstone() ? "(tombstone)" : cut(TextPrinter.show(output.bytes(), ""), width));
  }

  private static String cut(String text, int width) {
    return new OneLine(text).cut(width).text();
  }

  private String summary() {
    int verdicts = outcome.verdicts().size();
    int failed = messages.size() - outcome.done() - verdicts;
    String outputs =
        counts().entrySet().stream()
            .map(each -> each.getValue() + " to " + each.getKey())
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "[%s] %,d %s: %,d done, %s%,d failed; %s",
        function.name(),
        messages.size(),
        messages.size() == 1 ? "message" : "messages",
        outcome.done(),
        verdicts == 0 ? "" : String.format(Locale.ROOT, "%,d with a verdict, ", verdicts),
        failed,
        outputs.isEmpty() ? "no outputs" : "outputs: " + outputs);
  }

  private Map<String, Integer> counts() {
    Map<String, Integer> counts = new TreeMap<>();
    outcome.outputs().forEach(output -> counts.merge(output.topic(), 1, Integer::sum));
    return counts;
  }

  private String verdict(
      ConsumerRecord<byte[], byte[]> message, Map<String, CallFailure> failures) {
    CallFailure failure = failures.get(source(message));
    if (failure != null) {
      return words(failure.kind());
    }
    return outcome.verdicts().stream()
        .filter(given -> given.concerns(message))
        .findFirst()
        .map(given -> words(given.verdict()))
        .orElse(isSkipped(message) ? "skipped" : "ok");
  }

  private static String words(Verdict verdict) {
    String word =
        switch (verdict) {
          case Verdict.Skip skip -> "skip";
          case Verdict.Retry retry -> "retry";
          case Verdict.DeadLetter letter -> "dead-letter";
          case Verdict.Stop stop -> "stop";
        };
    return verdict.reason().isEmpty() ? word : word + ": " + verdict.reason();
  }

  private static String source(ConsumerRecord<byte[], byte[]> message) {
    return source(message.topic(), message.partition(), message.offset());
  }

  /// A message as outputs name what they were made of.
  private static String source(String topic, int partition, long offset) {
    return topic + "/" + partition + "/" + offset;
  }

  private Map<String, CallFailure> failuresBySource() {
    Map<String, CallFailure> failures = new HashMap<>();
    for (CallFailure each : outcome.failures()) {
      each.offsets()
          .forEach(
              offset -> failures.putIfAbsent(source(each.topic(), each.partition(), offset), each));
    }
    return failures;
  }

  private Map<String, List<OutputRecord>> outputsBySource() {
    return outcome.outputs().stream().collect(Collectors.groupingBy(OutputRecord::source));
  }

  private boolean isSkipped(ConsumerRecord<byte[], byte[]> message) {
    return message.value() == null && !function.input().metadata();
  }

  private static String words(FailureKind kind) {
    return switch (kind) {
      case FUNCTION_FAILED -> "failed";
      case OVERDUE -> "overdue";
      case UNREADABLE -> "unreadable";
      case INVALID_OUTPUT -> "invalid output";
      case VERDICT -> "verdict";
      case DEFECT -> "defect";
    };
  }

  private List<OutputRecord> madeOfLists() {
    return outcome.outputs().stream()
        .filter(output -> LIST.matcher(output.source()).matches())
        .toList();
  }

  /// The same as names and values.
  Map<String, Object> json() {
    Map<String, List<OutputRecord>> made = outputsBySource();
    Map<String, CallFailure> failed = failuresBySource();
    List<Map<String, Object>> all = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> message : messages) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("topic", message.topic());
      one.put("partition", message.partition());
      one.put("offset", message.offset());
      one.put("key", new RawValue(JsonPrinter.text(message.key())));
      one.put("value", new RawValue(JsonPrinter.value(message.value())));
      one.put("verdict", verdict(message, failed));
      one.put(
          "outputs",
          made.getOrDefault(source(message), List.of()).stream().map(Trial::json).toList());
      CallFailure failure = failed.get(source(message));
      if (failure != null) {
        one.put("failure", failure.message());
        one.put("stack", failure.stack());
      }
      all.add(one);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("function", function.name());
    json.put("passed", passed());
    json.put("done", outcome.done());
    json.put("outputs", counts());
    json.put("messages", all);
    json.put("outputsOfLists", madeOfLists().stream().map(Trial::json).toList());
    return json;
  }

  private static Map<String, Object> json(OutputRecord output) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("topic", output.topic());
    json.put("key", new RawValue(JsonPrinter.text(output.keyBytes())));
    json.put(
        "value", new RawValue(JsonPrinter.value(output.isTombstone() ? null : output.bytes())));
    json.put("source", output.source());
    return json;
  }
}
