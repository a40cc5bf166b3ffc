package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void whatIsInACellMovesNothing() {
    // Given
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Table table = new Table("KEY", "VALUE").row("日本", "a\n\u001b[2J").row("k", "b");
    // When
    table.print(new PrintStream(out, true, StandardCharsets.UTF_8));
    // Then
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("KEY   VALUE", "日本  a\\n\\u001b[2J", "k     b");
  }

  @Test
  void columnsAreAsWideAsTheirWidestCellAndNumbersStandToTheRight() {
    Table table = new Table("TOPIC", "MESSAGES", "LAG", "CONSUMERS");
    table.row("orders", 1_234_567, "-", "-").row("a", 5, "12", "score, audit");

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    table.print(new PrintStream(out, true, StandardCharsets.UTF_8));

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "TOPIC    MESSAGES  LAG  CONSUMERS",
            "orders  1,234,567    -  -",
            "a               5   12  score, audit");
  }
}
