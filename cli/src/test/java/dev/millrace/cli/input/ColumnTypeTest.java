package dev.millrace.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnTypeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"0", "7", "-1", "10", "1.50", "0.5", "-0.5", "0.0", "12345678901234567890.10"})
  void numbersThatPrintBackAsTheyAre(String text) {
    assertThat(ColumnType.isCanonicalNumber(text)).isTrue();
    assertThat(new BigDecimal(text).toPlainString()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+1",
        "00123",
        "01",
        "-01",
        "00.5",
        "C536379",
        "1e3",
        "1E3",
        ".5",
        "5.",
        "-.5",
        "1.2.3",
        "1,5",
        " 1",
        "1 ",
        "-0",
        "-0.00",
        "NaN",
        "Infinity",
        "0x10",
        "١",
        "--1",
        "1-"
      })
  void everythingElseIsText(String text) {
    assertThat(ColumnType.isCanonicalNumber(text)).isFalse();
  }
}
