package dev.millrace.cli.input;

import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// How records are written down.
public enum Format {
  /// One JSON value on each line.
  JSON,
  /// RFC 4180 with a header line; each row becomes a JSON object.
  CSV,
  /// Each line is a value as it stands.
  LINES;

  /// The format of a source: by its file's ending, else by what it begins with.
  public static Format of(Source source) throws IOException {
    String name = source.name().toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv")) {
      return CSV;
    }
    if (name.endsWith(".json") || name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
      return JSON;
    }
    int first = source.firstByte();
    return first == '{' || first == '[' ? JSON : LINES;
  }

  /// Reads a source.
  ///
  /// @param key the field whose value becomes the record's key
  /// @param types what the named CSV columns hold; the others are found out by reading a file
  ///   twice, and are text in a pipe, which can be read only once
  public Records open(Source source, Optional<String> key, Map<String, ColumnType> types)
      throws IOException {
    if (this != CSV && !types.isEmpty()) {
      throw new SetupException(
          "--types", "only the columns of a CSV file have types", "Leave it out");
    }
    return switch (this) {
      case JSON -> new JsonLines(source, key);
      case CSV -> CsvRecords.open(source, key, types);
      case LINES -> {
        if (key.isPresent()) {
          throw new SetupException(
              "--key", "raw lines have no fields", "Leave it out, or use JSON lines or CSV");
        }
        yield new RawLines(source);
      }
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
