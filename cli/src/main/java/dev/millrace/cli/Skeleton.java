package dev.millrace.cli;

import dev.millrace.cli.live.OneLine;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.schema.Inference;
import dev.millrace.engine.schema.Inference.Field;
import dev.millrace.engine.schema.RecordSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A function to begin with, and its test.
///
/// @param source the text of the function's file
/// @param test the text of its test's file
/// @param samples messages for it, a JSON value on each line
record Skeleton(String source, String test, String samples) {
  /// In bytes: some screens.
  private static final int GOOD_TO_READ = 2_000;

  /// In code points, each of which takes at most six of a class file's 65,535 bytes.
  private static final int LONGEST_CONSTANT = 10_000;

  /// Simple names that the files use for something else.
  private static final Set<String> TAKEN =
      Set.of(
          "Boolean",
          "Double",
          "FunctionTester",
          "Instant",
          "KafkaFunction",
          "List",
          "LocalDate",
          "LocalDateTime",
          "Long",
          "Map",
          "Nullable",
          "Object",
          "Outcome",
          "Output",
          "Override",
          "Record",
          "String",
          "Test",
          "UUID");

  /// A function over orders, which stand for whatever it will be about.
  static Skeleton of(Names names) {
    refuseTaken(names, Set.of("Order", "Receipt"));
    String source =
        """
        import dev.millrace.KafkaFunction;
        import dev.millrace.Output;
        import java.util.List;

        /// Says which orders are large.
        public class %1$s {
          public record Order(String id, double amount) {}

          public record Receipt(String order, boolean large) {}

          @KafkaFunction(
              name = "%2$s",
              topics = "%2$s.input",
              outputs = @Output(topic = "%2$s.output"))
          public List<Receipt> %3$s(List<Order> orders) {
            return orders.stream()
                .map(order -> new Receipt(order.id(), order.amount() > 100))
                .toList();
          }
        }
        """
            .formatted(names.type(), names.function(), names.method());
    String samples =
        """
        {"id":"o-1","amount":19.9}
        {"id":"o-2","amount":250}
        {"id":"o-3","amount":100}
        """;
    return new Skeleton(
        source,
        test(
            names,
            "\"{\\\"id\\\": \\\"o-1\\\", \\\"amount\\\": 250}\"",
            names.function() + ".output"),
        samples);
  }

  /// A function that passes on what is in a topic.
  ///
  /// @param messages of the topic; refused when there is nothing to learn from
  static Skeleton of(Names names, String topic, List<ConsumerRecord<byte[], byte[]>> messages) {
    refuseTaken(names, Set.of());
    Inference inference = new Inference();
    List<byte[]> values = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> message : messages) {
      if (message.value() != null) {
        values.add(message.value());
        inference.add(message.value());
      }
    }
    if (values.isEmpty()) {
      throw new SetupException(
          topic,
          "holds no messages to learn from",
          "Name another topic, or leave out --from-topic");
    }
    String text =
        new Payload(example(values))
            .text()
            .orElseThrow(() ->
                new SetupException(
                    topic,
                    "holds messages that are neither JSON nor text",
                    "Leave out --from-topic, and write a function that takes List<byte[]>"));
    Set<String> taken = new TreeSet<>(TAKEN);
    taken.add(names.type());
    RecordSource records = new RecordSource(taken);
    Field whole = inference.field();
    Optional<String> declared =
        inference.others() == 0 ? records.declare(typeOf(topic), whole) : Optional.empty();
    boolean object = declared.isPresent();
    Set<String> imports = new TreeSet<>(records.imports());
    imports.addAll(List.of("dev.millrace.KafkaFunction", "dev.millrace.Output", "java.util.List"));
    String output =
        names.function() + (topic.equals(names.function() + ".output") ? ".result" : ".output");
    StringBuilder source = new StringBuilder();
    imports.forEach(type -> source.append("import ").append(type).append(";\n"));
    source.append("\n/// Passes on what is in ").append(topic).append(".\n");
    if (!records.leftOut().isEmpty()) {
      source
          .append("///\n/// Not read, since no component of a record can have such a name: ")
          .append(comment(String.join(", ", records.leftOut())))
          .append(".\n/// A function over Map<String, Object> gets everything.\n");
    }
    source.append("public class ").append(names.type()).append(" {\n");
    for (String declaration : records.declarations()) {
      source.append(("public " + declaration).indent(2)).append('\n');
    }
    String type = declared.orElse("String");
    source.append(
        """
          @KafkaFunction(
              name = "%s",
              topics = "%s",
              outputs = @Output(topic = "%s"))
          public List<%4$s> %5$s(List<%4$s> messages) {
            return messages;
          }
        }
        """
            .formatted(names.function(), topic, output, type, names.method()));
    return new Skeleton(
        source.toString(), test(names, literal(object ? compact(text) : text), output), "");
  }

  /// The newest message that is good to read, else the shortest.
  private static byte[] example(List<byte[]> values) {
    return values.reversed().stream()
        .filter(value -> value.length <= GOOD_TO_READ)
        .findFirst()
        .orElseGet(() -> Collections.min(values, Comparator.comparingInt(value -> value.length)));
  }

  /// Text for a comment, which neither an end of line nor an escape of Java's may end.
  private static String comment(String text) {
    return new OneLine(text).text().replace("\\", "\\\\");
  }

  private static void refuseTaken(Names names, Set<String> more) {
    if (TAKEN.contains(names.type()) || more.contains(names.type())) {
      throw new SetupException(
          "NAME",
          "the class " + names.type() + " would hide another of that name in its own file",
          "Choose another name");
    }
  }

  /// The last letters and digits of a topic's name as a type's.
  private static String typeOf(String topic) {
    String words = topic.replaceAll("[^A-Za-z0-9]+", "-");
    try {
      return Names.of(words).type();
    } catch (SetupException e) {
      return "Value"; // Such as a topic whose name begins with a digit.
    }
  }

  private static String compact(String json) {
    try {
      return JsonMapper.shared().readTree(json).toString();
    } catch (JacksonException e) {
      throw new IllegalStateException("was JSON before", e);
    }
  }

  /// An expression of Java's. JSON's escapes are Java's too; constants have a longest length.
  private static String literal(String text) {
    List<String> pieces = new ArrayList<>();
    for (int from = 0; from < text.length() || pieces.isEmpty(); ) {
      int points = Math.min(LONGEST_CONSTANT, text.codePointCount(from, text.length()));
      int to = text.offsetByCodePoints(from, points);
      pieces.add(JsonMapper.shared().writeValueAsString(text.substring(from, to)));
      from = to;
    }
    return pieces.size() == 1
        ? pieces.getFirst()
        : "String.join(\n                \"\",\n                "
            + String.join(",\n                ", pieces)
            + ")";
  }

  private static String test(Names names, String message, String output) {
    return """
    import static org.assertj.core.api.Assertions.assertThat;

    import dev.millrace.testing.FunctionTester;
    import dev.millrace.testing.Outcome;
    import org.junit.jupiter.api.Test;

    class %1$sTest {
      @Test
      void everyMessageHasAnOutput() {
        // Given
        FunctionTester function = FunctionTester.of(%1$s.class);
        // When
        Outcome outcome =
            function.send(
                %2$s);
        // Then
        assertThat(outcome).succeeded().hasOutputs("%3$s", 1);
      }
    }
    """
        .formatted(names.type(), message, output);
  }
}
