package dev.millrace.cli.live;

import java.util.Locale;
import org.jline.utils.WCWidth;

/// Text from elsewhere, such as a record's, as a person is shown it: on one line, and unable to
/// move the cursor, to turn what is written or to do anything else to the terminal. Immutable.
///
/// @param text what is shown
public record OneLine(String text) {
  /// Makes visible what a terminal would obey: control characters, ends of lines, marks that change
  /// the direction of writing.
  ///
  /// @param text any text
  public OneLine {
    text = isPlain(text) ? text : visible(text);
  }

  /// How many columns of a terminal it takes.
  public int width() {
    return isPlain(text) ? text.length() : text.codePoints().map(OneLine::width).sum();
  }

  /// The same, ending with `…` where it is longer. Never cut within a character.
  ///
  /// @param columns the most it may take, at least one
  public OneLine cut(int columns) {
    if (width() <= columns) {
      return this;
    }
    int end = 0;
    int room = columns - 1;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      room -= width(point);
      if (room < 0) {
        break;
      }
      end += Character.charCount(point);
    }
    return new OneLine(text.substring(0, end) + "…");
  }

  /// Most text is: then nothing needs to be looked up for each character.
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next < ' ' || next > '~') {
        return false;
      }
    }
    return true;
  }

  private static String visible(String text) {
    StringBuilder line = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(point -> {
          switch (point) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
              if (isObeyed(point)) {
                line.append(String.format(Locale.ROOT, "\\u%04x", point));
              } else {
                line.appendCodePoint(point);
              }
            }
          }
        });
    return line.toString();
  }

  private static boolean isObeyed(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  private static int width(int point) {
    return Math.max(0, WCWidth.wcwidth(point));
  }

  @Override
  public String toString() {
    return text;
  }
}
