package dev.millrace.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneLineTest {
  @Test
  void whatATerminalWouldObeyIsMadeVisible() {
    // When
    OneLine line = new OneLine("a\nb\r\tc\u001b[31m\u009b\u0007\u202eé😀\u2028\u200b\ud83d");
    // Then
    assertThat(line.text())
        .isEqualTo("a\\nb\\r\\tc\\u001b[31m\\u009b\\u0007\\u202eé😀\\u2028\\u200b\\ud83d");
    assertThat(new OneLine(line.text())).isEqualTo(line);
  }

  @ParameterizedTest
  @CsvSource({
    "plain, 5, plain",
    "plain, 4, pla…",
    "plain, 1, …",
    "größer, 6, größer",
    "größer, 4, grö…",
    "日本語, 6, 日本語",
    "日本語, 5, 日本…",
    "日本語, 4, 日…",
    "a😀b, 4, a😀b",
    "a😀b, 3, a…",
    "e\u0301e\u0301, 2, e\u0301e\u0301",
    "e\u0301e\u0301e\u0301, 2, e\u0301…",
  })
  void isCutByTheColumnsItTakes(String text, int columns, String cut) {
    assertThat(new OneLine(text).cut(columns).text()).isEqualTo(cut);
    assertThat(new OneLine(text).cut(columns).width()).isLessThanOrEqualTo(columns);
  }
}
