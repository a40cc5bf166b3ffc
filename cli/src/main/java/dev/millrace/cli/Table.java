package dev.millrace.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Rows under headings, each column as wide as its widest cell; columns of numbers stand to the
/// right.
final class Table {
  private static final String GAP = "  ";

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... headings) {
    this.headings = List.of(headings);
  }

  /// One row more, with as many cells as there are headings.
  Table row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(
          cell instanceof Number number
              ? String.format(Locale.ROOT, "%,d", number.longValue())
              : String.valueOf(cell));
    }
    rows.add(List.copyOf(row));
    return this;
  }

  void print(PrintStream out) {
    out.println(line(headings));
    rows.forEach(row -> out.println(line(row)));
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      String space = " ".repeat(width(column) - cell.length());
      line.append(column == 0 ? "" : GAP).append(numeric(column) ? space + cell : cell + space);
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return Math.max(
        headings.get(column).length(),
        rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
  }

  private boolean numeric(int column) {
    return !rows.isEmpty()
        && rows.stream().allMatch(row -> row.get(column).matches("[0-9,.]+|-"))
        && rows.stream().anyMatch(row -> !row.get(column).equals("-"));
  }
}
