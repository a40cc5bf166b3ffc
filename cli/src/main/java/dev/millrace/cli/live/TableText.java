package dev.millrace.cli.live;

import dev.millrace.engine.FunctionStatus;
import dev.millrace.engine.FunctionStatus.Word;
import dev.millrace.engine.LastFailure;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/// The lines of the table: a rule, a head, one line for each function, more about the chosen one,
/// the keys, and where everything is. What has no room is left out, the least important first.
///
/// @param width in columns
/// @param height the most lines
/// @param colours whether it may have colours
record TableText(int width, int height, boolean colours) {
  private static final String KEYS = "up/down choose  p pause  r resume  s stack  q quit";
  private static final String SHORT_KEYS = "up/down  p pause  r resume  s stack  q quit";
  private static final String FUNCTION = "FUNCTION";
  private static final String BETWEEN = "   ";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
  private static final Pattern AUTHORS_LINE = Pattern.compile("\\(([^()\\n]+:\\d+)\\)");

  /// A terminal that is narrower has narrower columns too.
  private static final int WIDE = 99;

  private static final int NARROW = 70;

  /// Less lines than these have none for where everything is.
  private static final int LOW = 6;

  /// Of the last column: a word or two.
  private static final int LEAST_LAST = 12;

  /// More about the chosen one.
  private static final int DETAILS = 3;

  /// How wide each column is, without the blanks before it; 0 for those that are left out.
  private record Columns(int name, int in, int out, int lag, boolean last) {
    private static final int STATUS = 7;
    private static final int ERRORS = 6;

    /// The mark, the name, the status, the lag and the errors.
    private static int needed(int name, int lag) {
      return 2 + name + 2 + STATUS + 2 + lag + 1 + ERRORS;
    }

    static Columns of(int width, int longestName) {
      boolean wide = width >= WIDE;
      int lag = wide ? 18 : width >= NARROW ? 15 : 12;
      int rate = wide ? 9 : 7;
      int room = width - needed(0, lag);
      int name = Math.max(FUNCTION.length(), Math.min(longestName, wide ? 30 : 20));
      name = Math.max(FUNCTION.length(), Math.min(name, room));
      room -= name;
      int in = room > rate ? rate : 0;
      room -= in + 1;
      int out = room > rate ? rate : 0;
      room -= out + 1;
      return new Columns(name, in, out, lag, out > 0 && room >= LEAST_LAST + 2);
    }
  }

  /// @param chosen which of the rows
  /// @param place where the broker and the metrics are
  List<AttributedString> lines(List<Row> rows, int chosen, String place) {
    List<AttributedString> foot = foot(place);
    int room = height - 2 - foot.size();
    boolean details = room >= DETAILS + Math.min(rows.size(), 2);
    room = Math.max(1, details ? room - DETAILS : room);
    String head = rows.size() > room ? FUNCTION + " " + (chosen + 1) + "/" + rows.size() : FUNCTION;
    int name = rows.stream().mapToInt(row -> row.status().function().length()).max().orElse(0);
    Columns columns = Columns.of(width, Math.max(name, head.length()));
    List<AttributedString> lines = new ArrayList<>();
    lines.add(line(style().faint(), "\u2500".repeat(width)));
    lines.add(head(columns, head));
    int from = Math.max(0, Math.min(chosen - room / 2, rows.size() - room));
    for (int i = from; i < Math.min(rows.size(), from + room); i++) {
      lines.add(row(rows.get(i), columns, i == chosen));
    }
    if (details && !rows.isEmpty()) {
      lines.addAll(details(rows.get(chosen)));
    }
    lines.addAll(foot);
    return lines;
  }

  private AttributedString head(Columns columns, String function) {
    StringBuilder head = new StringBuilder("  ").append(padded(function, columns.name()));
    head.append("  STATUS ");
    append(head, "IN/S", columns.in());
    append(head, "OUT/S", columns.out());
    head.append("  ").append(padded("LAG", columns.lag())).append(" ERRORS");
    head.append(columns.last() ? "  LAST" : "");
    return line(style().bold(), head.toString());
  }

  private static void append(StringBuilder line, String number, int width) {
    if (width > 0) {
      line.append(' ').append(" ".repeat(Math.max(0, width - number.length()))).append(number);
    }
  }

  /// The keys first: without them the place is of no use.
  private List<AttributedString> foot(String place) {
    if (place.length() + BETWEEN.length() + KEYS.length() <= width) {
      return List.of(line(style().faint(), KEYS + BETWEEN + place));
    }
    AttributedString keys = line(style().faint(), KEYS.length() <= width ? KEYS : SHORT_KEYS);
    return height < LOW ? List.of(keys) : List.of(keys, line(style().faint(), place));
  }

  private AttributedString row(Row row, Columns columns, boolean chosen) {
    FunctionStatus status = row.status();
    AttributedStringBuilder line = new AttributedStringBuilder();
    line.append(chosen ? "> " : "  ");
    line.styled(chosen ? style().bold() : style(), padded(status.function(), columns.name()))
        .append("  ");
    line.styled(colour(status.word()), "%-7s".formatted(status.word()));
    StringBuilder numbers = new StringBuilder();
    append(numbers, rate(row.in()), columns.in());
    append(numbers, rate(row.out()), columns.out());
    numbers.append("  ").append(padded(lag(status, columns.lag()), columns.lag())).append(' ');
    numbers.append(String.format(Locale.ROOT, "%6d", row.errors()));
    line.append(numbers);
    if (columns.last()) {
      line.append("  ");
      line.append(isBad(status.word()) ? new OneLine(last(row)).text() : row.lastOutput());
    }
    return cut(line.toAttributedString());
  }

  /// In trouble the author's line counts more than the last output.
  private static String last(Row row) {
    return row.lastFailure()
        .filter(failure -> row.status().word() != Word.DOWN)
        .map(failure -> place(failure) + failure.what())
        .orElse(row.status().reason());
  }

  private List<AttributedString> details(Row row) {
    return List.of(
        detail("status", status(row.status())),
        detail("last output", row.lastOutput().isEmpty() ? "none yet" : row.lastOutput()),
        detail(
            "last failure",
            row.lastFailure()
                .map(failure ->
                    TIME.format(failure.at().atZone(ZoneId.systemDefault()))
                        + "  "
                        + failure.where()
                        + "  "
                        + place(failure)
                        + failure.what())
                .orElse("none")));
  }

  /// The word, what helps, and why.
  private static String status(FunctionStatus status) {
    String reason = status.reason().isEmpty() ? "" : ": " + status.reason();
    String help =
        switch (status.word()) {
          case PAUSED -> ", r goes on";
          case STOPPED -> ", r tries again";
          case OK, LAGGING, STALLED, FAILING, IDLE, DOWN, UNKNOWN -> "";
        };
    return status.word() + help + reason;
  }

  private AttributedString detail(String name, String text) {
    return line(style().faint(), "    %-12s  %s".formatted(name, new OneLine(text)));
  }

  /// The author's line, empty where none of their code threw.
  private static String place(LastFailure failure) {
    Matcher line = AUTHORS_LINE.matcher(failure.stack());
    return line.find() ? line.group(1) + "  " : "";
  }

  private static boolean isBad(Word word) {
    return switch (word) {
      case DOWN, STOPPED, STALLED, FAILING -> true;
      case LAGGING, PAUSED, OK, IDLE, UNKNOWN -> false;
    };
  }

  private AttributedStyle colour(Word word) {
    return switch (word) {
      case DOWN, STOPPED -> style(AttributedStyle.RED).bold();
      case STALLED, FAILING, LAGGING -> style(AttributedStyle.YELLOW);
      case PAUSED -> style(AttributedStyle.CYAN);
      case OK, IDLE -> style(AttributedStyle.GREEN);
      case UNKNOWN -> style().faint();
    };
  }

  private AttributedStyle style(int colour) {
    return colours ? style().foreground(colour) : style();
  }

  private static AttributedStyle style() {
    return AttributedStyle.DEFAULT;
  }

  private static String rate(double perSecond) {
    return perSecond > 0 && perSecond < 10
        ? String.format(Locale.ROOT, "%.1f", perSecond)
        : String.format(Locale.ROOT, "%,.0f", perSecond);
  }

  private static String lag(FunctionStatus status, int width) {
    if (status.lagRecords() < 0) {
      return "?";
    }
    long records = status.lagRecords();
    String time = status.lagTime().isZero() ? "" : ", " + new Span(status.lagTime());
    String full = String.format(Locale.ROOT, "%,d", records) + time;
    if (full.length() <= width) {
      return full;
    }
    String rounded = rounded(records) + time;
    return rounded.length() <= width ? rounded : rounded(records);
  }

  private static String rounded(long count) {
    if (count < 10_000) {
      return String.format(Locale.ROOT, "%,d", count);
    }
    return count < 1_000_000
        ? String.format(Locale.ROOT, "%.0f k", count / 1e3)
        : String.format(Locale.ROOT, "%,.1f M", count / 1e6);
  }

  private static String padded(String text, int width) {
    String shown = text.length() > width ? text.substring(0, width - 1) + "~" : text;
    return shown + " ".repeat(width - shown.length());
  }

  private AttributedString line(AttributedStyle style, String text) {
    return cut(new AttributedString(text, style));
  }

  private AttributedString cut(AttributedString line) {
    return line.columnLength() <= width
        ? line
        : AttributedString.join(
            AttributedString.EMPTY,
            line.columnSubSequence(0, width - 1),
            new AttributedString("~", style().faint()));
  }
}
