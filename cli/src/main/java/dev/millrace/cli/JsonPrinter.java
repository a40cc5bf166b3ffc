package dev.millrace.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Prints each record as a JSON object: `topic`, `partition`, `offset`, `timestamp` (ISO 8601 in
/// UTC), `key`, `value`, `headers`. A value that is JSON stands there as it was written, other text
/// as a string, other bytes as `{"base64": ...}`. A header that is there more than once has a list
/// of values.
final class JsonPrinter implements RecordPrinter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final boolean exact;

  /// Prints for people and programs.
  JsonPrinter() {
    this(false);
  }

  private JsonPrinter(boolean exact) {
    this.exact = exact;
  }

  /// Prints so that nothing of key, value and headers is lost, whatever they are: JSON is a string
  /// too, and headers are a list of objects with one name each.
  static JsonPrinter exact() {
    return new JsonPrinter(true);
  }

  @Override
  public void print(ConsumerRecord<byte[], byte[]> next, PrintStream out) {
    byte[] line = line(next);
    out.write(line, 0, line.length);
    out.write('\n');
  }

  /// The JSON object, without an end of line.
  byte[] line(ConsumerRecord<byte[], byte[]> next) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
      json.writeStartObject();
      json.writeStringProperty("topic", next.topic());
      json.writeNumberProperty("partition", next.partition());
      json.writeNumberProperty("offset", next.offset());
      json.writeName("timestamp");
      if (next.timestamp() < 0) {
        json.writeNull();
      } else {
        json.writeString(TIME.format(Instant.ofEpochMilli(next.timestamp())));
      }
      json.writeName("key");
      json.writeRawValue(text(next.key()));
      json.writeName("value");
      json.writeRawValue(exact ? text(next.value()) : value(next.value()));
      json.writeName("headers");
      if (exact) {
        eachHeader(json, next);
      } else {
        headers(json, next);
      }
      json.writeEndObject();
    }
    return line.toByteArray();
  }

  private static void eachHeader(JsonGenerator json, ConsumerRecord<byte[], byte[]> next) {
    json.writeStartArray();
    for (Header header : next.headers()) {
      json.writeStartObject();
      json.writeName(header.key());
      json.writeRawValue(text(header.value()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void headers(JsonGenerator json, ConsumerRecord<byte[], byte[]> next) {
    Map<String, List<byte @Nullable []>> headers = new LinkedHashMap<>();
    for (Header header : next.headers()) {
      headers.computeIfAbsent(header.key(), _ -> new ArrayList<>()).add(header.value());
    }
    json.writeStartObject();
    headers.forEach((name, values) -> {
      json.writeName(name);
      if (values.size() > 1) {
        json.writeStartArray();
      }
      values.forEach(each -> json.writeRawValue(text(each)));
      if (values.size() > 1) {
        json.writeEndArray();
      }
    });
    json.writeEndObject();
  }

  /// A record's value as JSON on one line: JSON as it was written, other text as a string, other
  /// bytes as `{"base64": ...}`, nothing as null.
  static String value(byte @Nullable [] bytes) {
    if (bytes == null) {
      return "null";
    }
    // Line ends within JSON text are only ever between its tokens.
    return new Payload(bytes)
        .text()
        .filter(JsonPrinter::isJson)
        .map(json -> json.replace('\n', ' ').replace('\r', ' '))
        .orElseGet(() -> text(bytes));
  }

  /// The same, but JSON is text like any other.
  static String text(byte @Nullable [] bytes) {
    if (bytes == null) {
      return "null";
    }
    Payload payload = new Payload(bytes);
    return payload
        .text()
        .map(JsonPrinter::quoted)
        .orElseGet(() -> "{\"base64\":\"" + payload.base64() + "\"}");
  }

  private static String quoted(String text) {
    StringWriter quoted = new StringWriter(text.length() + 16);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), quoted)) {
      json.writeString(text);
    }
    return quoted.toString();
  }

  private static boolean isJson(String text) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false; // Some other text.
    }
  }
}
