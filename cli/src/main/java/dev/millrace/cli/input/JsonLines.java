package dev.millrace.cli.input;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// One JSON value on each line, sent as it is written; blank lines are skipped.
final class JsonLines implements Records {
  private static final JsonFactory JSON = new JsonFactory();

  private final Source source;
  private final LineReader lines;
  private final Optional<String> keyField;

  JsonLines(Source source, Optional<String> keyField) throws IOException {
    this.source = source;
    this.lines = new LineReader(source);
    this.keyField = keyField;
  }

  @Override
  public @Nullable Entry next() throws IOException {
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      if (!blank(line)) {
        return new Entry(key(line), line, lines.line());
      }
    }
    return null;
  }

  /// Reads the line through, which also tells whether it is JSON.
  private byte @Nullable [] key(byte[] line) throws InputException {
    String key = null;
    int depth = 0;
    int values = 0;
    boolean object = false;
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line, 0, line.length)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (depth == 0) {
          values++;
          object = token == JsonToken.START_OBJECT;
        } else if (depth == 1 && token == JsonToken.PROPERTY_NAME && isKey(parser.currentName())) {
          token = parser.nextToken();
          key = key(parser, token);
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      }
    } catch (JacksonException e) {
      int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
      throw wrong(
          "this line is not JSON: " + sentence(e.getOriginalMessage()) + ", at column " + column,
          "Write one JSON value on each line, or send the lines as they are with --format lines");
    }
    if (values > 1) {
      throw wrong("there is more than one JSON value on this line", "Write one on each line");
    }
    if (keyField.isPresent() && key == null) {
      throw wrong(
          object
              ? "field '" + keyField.get() + "', the key, is missing"
              : "this is no JSON object, so it has no field '" + keyField.get() + "' for a key",
          "Add it, or leave out --key");
    }
    return key == null ? null : key.getBytes(StandardCharsets.UTF_8);
  }

  private boolean isKey(String name) {
    return keyField.isPresent() && keyField.get().equals(name);
  }

  private String key(JsonParser parser, JsonToken value) throws InputException {
    if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
      return parser.getString();
    }
    throw wrong(
        "field '%s', the key, is %s"
            .formatted(
                keyField.orElseThrow(),
                switch (value) {
                  case VALUE_NULL -> "null";
                  case START_OBJECT -> "an object";
                  default -> "a list";
                }),
        "A key is text, a number or a boolean");
  }

  private InputException wrong(String what, String advice) {
    return new InputException(source.name(), lines.line(), what, advice);
  }

  private static String sentence(String message) {
    String text =
        message.split("\n", 2)[0].replaceAll(" \\(start marker at \\[.*\\]\\)", "").strip();
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static boolean blank(byte[] line) {
    for (byte next : line) {
      if (next != ' ' && next != '\t') {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
