package dev.millrace.broker;

import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// What a broker's process says on its standard output: one JSON object on one line. Other lines
/// there are the JVM's.
sealed interface ChildLine {
  /// `{"event":"ready","port":9092,"pid":4711}`: it answers now.
  record Ready(int port, long pid) implements ChildLine {}

  /// `{"event":"failed","kind":"PORT_TAKEN","what":"...","advice":"..."}`: it is about to exit.
  record Failed(BrokerException.Kind kind, String what, String advice) implements ChildLine {}

  /// The line, without its end.
  default String toJson() {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), line)) {
      json.writeStartObject();
      switch (this) {
        case Ready ready -> {
          json.writeStringProperty("event", "ready");
          json.writeNumberProperty("port", ready.port());
          json.writeNumberProperty("pid", ready.pid());
        }
        case Failed failed -> {
          json.writeStringProperty("event", "failed");
          json.writeStringProperty("kind", failed.kind().name());
          json.writeStringProperty("what", failed.what());
          json.writeStringProperty("advice", failed.advice());
        }
      }
      json.writeEndObject();
    }
    return line.toString();
  }

  /// Reads a line; empty when it is not one of ours.
  static Optional<ChildLine> parse(String line) {
    if (!line.startsWith("{\"event\":")) {
      return Optional.empty();
    }
    try {
      Map<String, String> fields = fields(line);
      return switch (fields.getOrDefault("event", "")) {
        case "ready" ->
            Optional.of(
                new Ready(
                    Integer.parseInt(fields.getOrDefault("port", "")),
                    Long.parseLong(fields.getOrDefault("pid", ""))));
        case "failed" ->
            Optional.of(
                new Failed(
                    BrokerException.Kind.valueOf(fields.getOrDefault("kind", "")),
                    fields.getOrDefault("what", ""),
                    fields.getOrDefault("advice", "")));
        default -> Optional.empty();
      };
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty(); // cut short, or something that only looks like ours
    }
  }

  private static Map<String, String> fields(String line) {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), line)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        fields.put(name, json.getString());
      }
    }
    return fields;
  }
}
