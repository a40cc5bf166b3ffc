package dev.millrace.cli.input;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads text and bytes as if they were files and pipes.
record Inputs(Path folder) {
  Source file(String name, byte[] content) throws IOException {
    return Source.file(Files.write(folder.resolve(name), content));
  }

  Source file(String name, String content) throws IOException {
    return file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  static Source pipe(String content) {
    return Source.pipe(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
  }

  static List<Entry> read(Format format, Source source, String key, Map<String, ColumnType> types)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    Optional<String> field = Optional.of(key).filter(name -> !name.isEmpty());
    try (Records records = format.open(source, field, types)) {
      for (Entry next = records.next(); next != null; next = records.next()) {
        entries.add(next);
      }
    }
    return entries;
  }

  static List<String> values(Format format, Source source) throws IOException {
    return texts(read(format, source, "", Map.of()));
  }

  static List<String> texts(List<Entry> entries) {
    return entries.stream().map(e -> new String(e.value(), StandardCharsets.UTF_8)).toList();
  }

  static List<String> keys(List<Entry> entries) {
    return entries.stream()
        .map(e -> e.key() == null ? "-" : new String(e.key(), StandardCharsets.UTF_8))
        .toList();
  }

  /// What is said about a wrong input, without the name of its folder.
  String problem(Format format, Source source, String key) {
    InputException e =
        catchThrowableOfType(InputException.class, () -> read(format, source, key, Map.of()));
    return e.problem().toString().replace(folder + "/", "");
  }
}
