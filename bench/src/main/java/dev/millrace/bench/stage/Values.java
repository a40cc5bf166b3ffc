package dev.millrace.bench.stage;

import java.util.SplittableRandom;

/// Values of a fixed length for the input topic: a running number, then words. lz4 makes about half
/// of them, as it does of ordinary events.
public final class Values {
  private static final int NUMBER_DIGITS = 12;
  private static final int WORDS = 512;

  private final int length;
  private final SplittableRandom random;
  private final String[] words = new String[WORDS];

  /// @param length characters, which are bytes too; at least 16
  /// @param seed the same seed gives the same values
  public Values(int length, long seed) {
    if (length < 16) {
      throw new IllegalArgumentException("a value has at least 16 bytes, not " + length);
    }
    this.length = length;
    this.random = new SplittableRandom(seed);
    for (int i = 0; i < WORDS; i++) {
      StringBuilder word = new StringBuilder();
      for (int letter = random.nextInt(4, 10); letter > 0; letter--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      words[i] = word.append(' ').toString();
    }
  }

  /// The value of this number: its decimal digits, then words.
  public String value(long number) {
    StringBuilder value = new StringBuilder(length + 10);
    String digits = Long.toString(number);
    value.repeat('0', NUMBER_DIGITS - digits.length()).append(digits).append(' ');
    while (value.length() < length) {
      value.append(words[random.nextInt(WORDS)]);
    }
    value.setLength(length);
    return value.toString();
  }

  /// The number of a value made here.
  public static long number(String value) {
    return Long.parseLong(value.substring(0, NUMBER_DIGITS));
  }
}
