package dev.millrace.cli.input;

import java.util.Locale;

/// What a CSV column holds.
public enum ColumnType {
  /// JSON numbers.
  NUMBER,
  /// JSON strings.
  TEXT;

  private static final int LONGEST_NUMBER = 100;

  /// Whether this text is a number that prints back as the very same text: digits without leading
  /// zeros or plus, perhaps a minus, perhaps decimals. `1.50` is one and keeps its zero; `00123`,
  /// `1e3`, `-0` and `C536379` are none.
  static boolean isCanonicalNumber(String text) {
    int length = text.length();
    int i = text.startsWith("-") ? 1 : 0;
    boolean negative = i == 1;
    if (i == length || length > LONGEST_NUMBER) {
      return false;
    }
    if (text.charAt(i) == '0' && i + 1 < length && text.charAt(i + 1) != '.') {
      return false;
    }
    boolean allZero = true;
    int digits = 0;
    boolean point = false;
    for (; i < length; i++) {
      char next = text.charAt(i);
      if (next == '.' && !point && digits > 0) {
        point = true;
        digits = 0;
      } else if (next >= '0' && next <= '9') {
        digits++;
        allZero &= next == '0';
      } else {
        return false;
      }
    }
    return digits > 0 && !(negative && allZero);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
