package dev.millrace.cli.live;

import dev.millrace.engine.FunctionStatus;
import dev.millrace.engine.FunctionStatus.Word;
import dev.millrace.engine.LastFailure;
import java.time.Duration;
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

/// The lines of the table: a head, one line for each function, more about the chosen one, and where
/// everything is.
///
/// @param width in columns
/// @param height the most lines
/// @param colours whether it may have colours
record TableText(int width, int height, boolean colours) {
  private static final String KEYS = "up/down choose  p pause  r resume  s stack  q quit";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
  private static final Pattern AUTHORS_LINE = Pattern.compile("\\(([^()\\n]+:\\d+)\\)");

  /// Lines around the functions: head, three about the chosen one, foot.
  private static final int AROUND = 5;

  private static final int LONGEST_NAME = 30;

  /// @param chosen which of the rows
  /// @param place where the broker and the metrics are
  List<AttributedString> lines(List<Row> rows, int chosen, String place) {
    List<AttributedString> lines = new ArrayList<>();
    int name =
        Math.min(
            LONGEST_NAME,
            rows.stream().mapToInt(row -> row.status().function().length()).max().orElse(0));
    name = Math.max(name, "FUNCTION".length());
    lines.add(
        line(
            style().bold(),
            "  %s  %-7s %9s %9s  %-18s %6s  LAST"
                .formatted(padded("FUNCTION", name), "STATUS", "IN/S", "OUT/S", "LAG", "ERRORS")));
    int room = Math.max(1, height - AROUND);
    int from = Math.max(0, Math.min(chosen - room / 2, rows.size() - room));
    for (int i = from; i < Math.min(rows.size(), from + room); i++) {
      lines.add(row(rows.get(i), name, i == chosen));
    }
    if (!rows.isEmpty()) {
      lines.addAll(details(rows.get(chosen)));
    }
    lines.add(line(style().faint(), place + "   " + KEYS));
    return lines;
  }

  private AttributedString row(Row row, int name, boolean chosen) {
    FunctionStatus status = row.status();
    AttributedStringBuilder line = new AttributedStringBuilder();
    line.append(chosen ? "> " : "  ");
    line.styled(chosen ? style().bold() : style(), padded(status.function(), name)).append("  ");
    line.styled(colour(status.word()), "%-7s".formatted(status.word()));
    line.append(
        String.format(
            Locale.ROOT,
            " %9s %9s  %-18s %6d  ",
            rate(row.in()),
            rate(row.out()),
            lag(status),
            row.errors()));
    line.append(isBad(status.word()) ? new OneLine(last(row)).text() : row.lastOutput());
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
    String reason = row.status().reason();
    return List.of(
        detail("status", row.status().word() + (reason.isEmpty() ? "" : ": " + reason)),
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

  private static String lag(FunctionStatus status) {
    if (status.lagRecords() < 0) {
      return "?";
    }
    return String.format(Locale.ROOT, "%,d", status.lagRecords())
        + (status.lagTime().isZero() ? "" : ", " + age(status.lagTime()));
  }

  /// A duration in its two largest units.
  private static String age(Duration time) {
    if (time.toSeconds() < 10) {
      return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }
    if (time.toMinutes() < 1) {
      return time.toSeconds() + " s";
    }
    if (time.toHours() < 1) {
      return time.toMinutes() + " min";
    }
    return time.toDays() < 2 ? time.toHours() + " h" : time.toDays() + " d";
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
