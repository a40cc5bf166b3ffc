package dev.millrace.cli;

import dev.millrace.cli.input.Entry;
import dev.millrace.cli.input.Format;
import dev.millrace.cli.input.InputException;
import dev.millrace.cli.input.Records;
import dev.millrace.cli.input.Source;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Messages in a file: whatever `produce` takes, or the lines that `consume --output json` prints.
///
/// A line that is a JSON text stands for the text itself. In a record a value that is a string is
/// that text, `{"base64": ...}` are those bytes, null is no value, and any other JSON is itself as
/// it is written.
///
/// @param path the file
record SampleFile(Path path) {
  /// Keeps decimal numbers as they are written.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final List<String> OF_A_RECORD = List.of("topic", "partition", "offset", "value");

  /// Where a function's messages are unless told otherwise: `samples/<function>.jsonl` in the
  /// folder of its file.
  static SampleFile of(Path folder, String function) {
    return new SampleFile(folder.resolve("samples").resolve(function + ".jsonl"));
  }

  /// Its messages, in their order. A message that does not say where it was read gets the line's
  /// number less one as offset in the first partition.
  ///
  /// @param topic where messages are from that do not say it
  List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    Source source = Source.file(path);
    List<ConsumerRecord<byte[], byte[]>> messages = new ArrayList<>();
    try {
      Format format = Format.of(source);
      try (Records records = format.open(source, Optional.empty(), Map.of())) {
        for (Entry entry = records.next(); entry != null; entry = records.next()) {
          messages.add(
              format == Format.JSON
                  ? message(entry.value(), entry.line(), topic)
                  : plain(topic, entry.line() - 1, entry.value()));
        }
      }
    } catch (InputException e) {
      throw new SetupException(List.of(e.problem()));
    } catch (IOException e) {
      throw new SetupException(path.toString(), "cannot be read: " + e, "Give another file");
    }
    if (messages.isEmpty()) {
      throw new SetupException(
          path.toString(), "holds no message", "Write one JSON value on each line");
    }
    return messages;
  }

  private ConsumerRecord<byte[], byte[]> message(byte[] text, long number, String topic) {
    JsonNode line = JSON.readTree(text);
    if (!OF_A_RECORD.stream().allMatch(line::has)) {
      byte[] value = line.isString() ? utf8(line.asString()) : text;
      return plain(topic, number - 1, value);
    }
    try {
      RecordHeaders headers = new RecordHeaders();
      JsonNode all = line.path("headers");
      (all.isArray() ? all : List.of(all)).forEach(some -> add(some, headers));
      JsonNode time = line.path("timestamp");
      return record(
          line.get("topic").asString(),
          line.get("partition").asInt(),
          line.get("offset").asLong(),
          time.isString() ? Instant.parse(time.asString()).toEpochMilli() : -1,
          bytes(line.path("key")),
          isWritten(line.get("value")) ? written(text) : bytes(line.get("value")),
          headers);
    } catch (DateTimeParseException | JacksonException | IllegalArgumentException e) {
      throw new SetupException(
          path + ", line " + number,
          "this is no record as 'consume --output json' prints it: " + e.getMessage(),
          "Correct it, or write the value alone");
    }
  }

  private static void add(JsonNode printed, RecordHeaders headers) {
    for (Map.Entry<String, JsonNode> header : printed.properties()) {
      JsonNode values = header.getValue();
      for (JsonNode value : values.isArray() ? values : List.of(values)) {
        headers.add(header.getKey(), bytes(value));
      }
    }
  }

  private static ConsumerRecord<byte[], byte[]> plain(String topic, long offset, byte[] value) {
    return record(topic, 0, offset, 0, null, value, new RecordHeaders());
  }

  @SuppressWarnings("NullAway") // Kafka's records have keys and values that are null.
  private static ConsumerRecord<byte[], byte[]> record(
      String topic,
      int partition,
      long offset,
      long timestamp,
      byte @Nullable [] key,
      byte @Nullable [] value,
      RecordHeaders headers) {
    return new ConsumerRecord<>(
        topic,
        partition,
        offset,
        timestamp,
        TimestampType.CREATE_TIME,
        key == null ? ConsumerRecord.NULL_SIZE : key.length,
        value == null ? ConsumerRecord.NULL_SIZE : value.length,
        key,
        value,
        headers,
        Optional.empty());
  }

  /// Text stands for itself, bytes that are no text for `{"base64": ...}`.
  private static byte @Nullable [] bytes(JsonNode printed) {
    if (printed.isNull() || printed.isMissingNode()) {
      return null;
    }
    if (printed.isString()) {
      return utf8(printed.asString());
    }
    if (isBase64(printed)) {
      return Base64.getDecoder().decode(printed.get("base64").asString());
    }
    return JSON.writeValueAsBytes(printed);
  }

  private static boolean isBase64(JsonNode printed) {
    return printed.isObject() && printed.size() == 1 && printed.path("base64").isString();
  }

  /// Whether this value is JSON that stands for itself.
  private static boolean isWritten(JsonNode value) {
    return !value.isNull() && !value.isString() && !isBase64(value);
  }

  /// The value in this line, with its very blanks and digits.
  private static byte[] written(byte[] line) {
    byte[] value = line;
    try (JsonParser parser = JSON.createParser(line)) {
      parser.nextToken();
      while (parser.nextName() != null) {
        boolean found = parser.currentName().equals("value");
        parser.nextToken();
        int from = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        parser.skipChildren();
        if (found) {
          int to = Math.toIntExact(parser.currentLocation().getByteOffset());
          value = Arrays.copyOfRange(line, from, to);
        }
      }
    }
    return value;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Writes the messages so that reading them gives the same keys, values and headers to the byte:
  /// as `consume --output json` does, and where that would lose something with everything as text.
  /// Refuses to overwrite.
  void write(List<ConsumerRecord<byte[], byte[]>> messages) {
    refuseToOverwrite();
    try {
      Path folder = path.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      try (PrintStream out =
          new PrintStream(Files.newOutputStream(path), false, StandardCharsets.UTF_8)) {
        for (ConsumerRecord<byte[], byte[]> message : messages) {
          (survives(message) ? new JsonPrinter() : JsonPrinter.exact()).print(message, out);
        }
        if (out.checkError()) {
          throw new IOException("the disk did not take it all");
        }
      }
    } catch (IOException e) {
      throw new SetupException(path.toString(), "cannot be written: " + e, "Give another file");
    }
  }

  /// Whether the message is the same when it is printed and read.
  private boolean survives(ConsumerRecord<byte[], byte[]> message) {
    try {
      byte[] line = new JsonPrinter().line(message);
      ConsumerRecord<byte[], byte[]> read = message(line, 0, message.topic());
      return Arrays.equals(read.key(), message.key())
          && Arrays.equals(read.value(), message.value())
          && Arrays.equals(read.headers().toArray(), message.headers().toArray());
    } catch (SetupException | JacksonException e) {
      return false; // Such as JSON so deep that nothing may stand around it.
    }
  }

  /// Nobody's sample is lost.
  void refuseToOverwrite() {
    if (Files.exists(path)) {
      throw new SetupException(
          path.toString(), "is there already", "Give another name, or delete it first");
    }
  }
}
