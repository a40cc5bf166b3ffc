package dev.millrace.cli;

import dev.millrace.cli.live.OneLine;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Rows under headings, each column as wide as its widest cell; columns of numbers stand to the
/// right. Whatever is in a cell, it can do nothing to the terminal.
final class Table {
  private static final String GAP = "  ";

  private final List<OneLine> headings;
  private final List<List<OneLine>> rows = new ArrayList<>();

  Table(String... headings) {
    this.headings = Arrays.stream(headings).map(OneLine::new).toList();
  }

  /// One row more, with as many cells as there are headings.
  Table row(Object... cells) {
    List<OneLine> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(
          new OneLine(
              cell instanceof Number number
                  ? String.format(Locale.ROOT, "%,d", number.longValue())
                  : String.valueOf(cell)));
    }
    rows.add(List.copyOf(row));
    return this;
  }

  void print(PrintStream out) {
    out.println(line(headings));
    rows.forEach(row -> out.println(line(row)));
  }

  private String line(List<OneLine> cells) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      OneLine cell = cells.get(column);
      String space = " ".repeat(width(column) - cell.width());
      line.append(column == 0 ? "" : GAP)
          .append(numeric(column) ? space + cell : cell.text() + space);
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return Math.max(
        headings.get(column).width(),
        rows.stream().mapToInt(row -> row.get(column).width()).max().orElse(0));
  }

  private boolean numeric(int column) {
    return !rows.isEmpty()
        && rows.stream().allMatch(row -> row.get(column).text().matches("[0-9,.]+|-"))
        && rows.stream().anyMatch(row -> !row.get(column).text().equals("-"));
  }
}
