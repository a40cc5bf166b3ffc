package dev.millrace.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
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

  private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);

  @Override
  public void print(ConsumerRecord<byte[], byte[]> next, PrintStream out) {
    line.reset();
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
      write(json, next.key());
      json.writeName("value");
      value(json, next.value());
      headers(json, next);
      json.writeEndObject();
    }
    line.write('\n');
    out.write(line.toByteArray(), 0, line.size());
  }

  private static void headers(JsonGenerator json, ConsumerRecord<byte[], byte[]> next) {
    Map<String, List<byte @Nullable []>> headers = new LinkedHashMap<>();
    for (Header header : next.headers()) {
      headers.computeIfAbsent(header.key(), _ -> new ArrayList<>()).add(header.value());
    }
    json.writeName("headers");
    json.writeStartObject();
    headers.forEach((name, values) -> {
      json.writeName(name);
      if (values.size() > 1) {
        json.writeStartArray();
      }
      values.forEach(each -> write(json, each));
      if (values.size() > 1) {
        json.writeEndArray();
      }
    });
    json.writeEndObject();
  }

  private static void value(JsonGenerator json, byte @Nullable [] bytes) {
    if (bytes != null && isJson(bytes)) {
      // Line ends within JSON text are only ever between its tokens.
      json.writeRawValue(
          new Payload(bytes).text().orElseThrow().replace('\n', ' ').replace('\r', ' '));
    } else {
      write(json, bytes);
    }
  }

  private static void write(JsonGenerator json, byte @Nullable [] bytes) {
    if (bytes == null) {
      json.writeNull();
      return;
    }
    Payload payload = new Payload(bytes);
    payload
        .text()
        .ifPresentOrElse(
            json::writeString,
            () -> {
              json.writeStartObject();
              json.writeStringProperty("base64", payload.base64());
              json.writeEndObject();
            });
  }

  private static boolean isJson(byte[] bytes) {
    if (new Payload(bytes).text().isEmpty()) {
      return false;
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes, 0, bytes.length)) {
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
