package dev.millrace.cli.input;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.millrace.engine.problem.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The rows of a CSV source (RFC 4180), each as long as the header; blank lines are skipped.
final class CsvRows implements Closeable {
  /// How the library says where a row begins that it cannot read.
  private static final Pattern LINE = Pattern.compile("started in line ([0-9]+)");

  private final Source source;
  private final CsvReader<CsvRecord> reader;
  private final CloseableIterator<CsvRecord> rows;
  private final List<String> header;

  CsvRows(Source source) throws IOException {
    this.source = source;
    this.reader =
        CsvReader.builder()
            .allowMissingFields(true)
            .allowExtraFields(true)
            .allowExtraCharsAfterClosingQuote(false)
            .ofCsvRecord(new Utf8Reader(source));
    this.rows = reader.iterator();
    this.header = readHeader();
  }

  /// The columns' names.
  List<String> header() {
    return header;
  }

  /// The next row; null at the end.
  @Nullable CsvRecord next() throws IOException {
    CsvRecord row = read();
    if (row != null && row.getFieldCount() != header.size()) {
      throw new InputException(
          source.name(),
          row.getStartingLineNumber(),
          "this row has %d %s, the header has %d"
              .formatted(
                  row.getFieldCount(),
                  row.getFieldCount() == 1 ? "field" : "fields",
                  header.size()),
          "Put fields that contain commas or line ends in double quotes");
    }
    return row;
  }

  private List<String> readHeader() throws IOException {
    CsvRecord row = read();
    if (row == null) {
      throw new InputException(
          source.name(), 1, "there is no header", "A CSV file begins with its columns' names");
    }
    if (row.getFieldCount() == 1 && row.getField(0).matches(".*[;\t|].*")) {
      throw new InputException(
          source.name(),
          row.getStartingLineNumber(),
          "the columns seem to be separated by something else than commas",
          "Write commas between the columns");
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < row.getFieldCount(); i++) {
      String name = row.getField(i);
      long line = row.getStartingLineNumber();
      if (name.isBlank()) {
        throw new InputException(
            source.name(),
            line,
            "column " + (i + 1) + " has no name",
            "The first line holds the columns' names; name this one");
      }
      if (!names.add(name)) {
        throw new InputException(
            source.name(), line, "two columns are named '" + name + "'", "Rename one of them");
      }
    }
    return row.getFields();
  }

  private @Nullable CsvRecord read() throws IOException {
    try {
      CsvRecord row = rows.next();
      String last = row.getField(row.getFieldCount() - 1);
      if (last.endsWith(Utf8Reader.END)) {
        if (row.getFieldCount() == 1 && last.length() == Utf8Reader.END.length()) {
          return null;
        }
        throw unclosed(row.getStartingLineNumber());
      }
      return row;
    } catch (NoSuchElementException e) {
      return null;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (CsvParseException e) {
      throw unreadable(e);
    }
  }

  private InputException unclosed(long line) {
    return new InputException(
        source.name(),
        line,
        "a double quote is opened in this row and never closed",
        "Close it; a quote within quotes is written twice");
  }

  private InputException unreadable(CsvParseException e) throws IOException {
    String reason = "";
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException failure) {
        throw failure;
      }
      reason = String.valueOf(cause.getMessage());
    }
    Matcher line = LINE.matcher(String.valueOf(e.getMessage()));
    return new InputException(
        new Problem(
            source.name() + (line.find() ? ":" + line.group(1) : ""),
            "this is not CSV: " + reason,
            "Put fields that contain commas, quotes or line ends in double quotes"));
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
