package dev.millrace.cli.input;

import de.siegmar.fastcsv.reader.CsvRecord;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Each row of a CSV source as a JSON object; an empty field is null.
final class CsvRecords implements Records {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int NO_KEY = -1;

  private final Source source;
  private final CsvRows rows;
  private final ColumnType[] types;
  private final int keyColumn;

  private CsvRecords(Source source, CsvRows rows, ColumnType[] types, int keyColumn) {
    this.source = source;
    this.rows = rows;
    this.types = types;
    this.keyColumn = keyColumn;
  }

  static CsvRecords open(Source source, Optional<String> key, Map<String, ColumnType> declared)
      throws IOException {
    CsvRows rows = new CsvRows(source);
    List<String> header = rows.header();
    check(header, key, declared);
    ColumnType[] types = new ColumnType[header.size()];
    Arrays.fill(types, ColumnType.TEXT);
    if (source.rereadable() && !declared.keySet().containsAll(header)) {
      types = types(rows);
      rows.close();
      rows = new CsvRows(source);
    }
    for (int i = 0; i < types.length; i++) {
      types[i] = declared.getOrDefault(header.get(i), types[i]);
    }
    return new CsvRecords(source, rows, types, key.map(header::indexOf).orElse(NO_KEY));
  }

  private static void check(
      List<String> header, Optional<String> key, Map<String, ColumnType> declared) {
    List<Problem> problems = new ArrayList<>();
    key.filter(name -> !header.contains(name))
        .ifPresent(name -> problems.add(noColumn("--key", name, header)));
    declared.keySet().stream()
        .filter(name -> !header.contains(name))
        .forEach(name -> problems.add(noColumn("--types", name, header)));
    if (!problems.isEmpty()) {
      throw new SetupException(problems);
    }
  }

  private static Problem noColumn(String option, String name, List<String> header) {
    return new Problem(
        option,
        "there is no column '" + name + "'",
        "The columns are " + String.join(", ", header));
  }

  /// Reads everything once: a column whose every value is a canonical number holds numbers.
  private static ColumnType[] types(CsvRows rows) throws IOException {
    int columns = rows.header().size();
    boolean[] text = new boolean[columns];
    boolean[] filled = new boolean[columns];
    for (CsvRecord row = rows.next(); row != null; row = rows.next()) {
      for (int i = 0; i < columns; i++) {
        String field = row.getField(i);
        if (!field.isEmpty() && !text[i]) {
          filled[i] = true;
          text[i] = !ColumnType.isCanonicalNumber(field);
        }
      }
    }
    ColumnType[] types = new ColumnType[columns];
    for (int i = 0; i < columns; i++) {
      types[i] = filled[i] && !text[i] ? ColumnType.NUMBER : ColumnType.TEXT;
    }
    return types;
  }

  @Override
  public @Nullable Entry next() throws IOException {
    CsvRecord row = rows.next();
    if (row == null) {
      return null;
    }
    ByteArrayOutputStream value = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), value)) {
      json.writeStartObject();
      for (int i = 0; i < types.length; i++) {
        json.writeName(rows.header().get(i));
        write(json, row, i);
      }
      json.writeEndObject();
    }
    return new Entry(key(row), value.toByteArray(), row.getStartingLineNumber());
  }

  private void write(JsonGenerator json, CsvRecord row, int column) throws IOException {
    String field = row.getField(column);
    if (field.isEmpty()) {
      json.writeNull();
    } else if (types[column] == ColumnType.TEXT) {
      json.writeString(field);
    } else if (ColumnType.isCanonicalNumber(field)) {
      json.writeNumber(field);
    } else {
      json.writeNumber(number(field, row, column));
    }
  }

  private String number(String field, CsvRecord row, int column) throws InputException {
    try {
      return new BigDecimal(field.strip()).toString();
    } catch (NumberFormatException e) {
      throw new InputException(
          source.name(),
          row.getStartingLineNumber(),
          "column '%s' holds numbers, but not here".formatted(rows.header().get(column)),
          "Correct it, or say --types %s=text".formatted(rows.header().get(column)));
    }
  }

  private byte @Nullable [] key(CsvRecord row) throws InputException {
    if (keyColumn == NO_KEY) {
      return null;
    }
    String key = row.getField(keyColumn);
    if (key.isEmpty()) {
      throw new InputException(
          source.name(),
          row.getStartingLineNumber(),
          "column '%s', the key, is empty".formatted(rows.header().get(keyColumn)),
          "Fill it in, or leave out --key");
    }
    return key.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
