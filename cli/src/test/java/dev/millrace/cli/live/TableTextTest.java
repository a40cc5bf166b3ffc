package dev.millrace.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.FunctionStatus;
import dev.millrace.engine.FunctionStatus.Word;
import dev.millrace.engine.LastFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;

class TableTextTest {
  private static final Row WELL =
      row("shout", Word.OK, "", 12, Duration.ofMillis(1_300), Optional.empty());
  private static final Row STOPPED =
      row(
          "predict",
          Word.STOPPED,
          "in-0 @ 7: the function threw Boom",
          2_000,
          Duration.ofMinutes(3),
          Optional.of(
              new LastFailure(
                  Instant.EPOCH,
                  "in-0 @ 7",
                  4,
                  "the function threw Boom",
                  "Boom\n    at Predict.call(Predict.java:12)")));

  private static Row row(
      String name,
      Word word,
      String reason,
      long lag,
      Duration time,
      Optional<LastFailure> failure) {
    return new Row(
        new FunctionStatus(name, word, reason, 1, 0, 0, lag, time, List.of()),
        1234.4,
        2.25,
        failure.isPresent() ? 4 : 0,
        "out  {\"a\":\"b\"}",
        failure);
  }

  private static List<String> lines(int width, int height, int chosen, List<Row> rows) {
    return new TableText(width, height, true)
        .lines(rows, chosen, "Kafka localhost:9092").stream()
            .map(AttributedString::toString)
            .map(String::stripTrailing)
            .toList();
  }

  @Test
  void aLineForEachFunctionAndMoreAboutTheChosenOne() {
    // When
    List<String> lines = lines(120, 20, 1, List.of(WELL, STOPPED));
    // Then
    assertThat(lines.getFirst()).isEqualTo("\u2500".repeat(120));
    assertThat(lines.subList(1, 6))
        .containsExactly(
            "  FUNCTION  STATUS       IN/S     OUT/S  LAG                ERRORS  LAST",
            "  shout     OK          1,234       2.3  12, 1.3 s               0  out "
                + " {\"a\":\"b\"}",
            "> predict   STOPPED     1,234       2.3  2,000, 3 min            4  Predict.java:12 "
                + " the function threw Boom",
            "    status        STOPPED, r tries again: in-0 @ 7: the function threw Boom",
            "    last output   out  {\"a\":\"b\"}");
    assertThat(lines.get(6)).endsWith("in-0 @ 7  Predict.java:12  the function threw Boom");
    assertThat(lines.subList(7, 8))
        .containsExactly(
            "up/down choose  p pause  r resume  s stack  q quit   Kafka localhost:9092");
  }

  @Test
  void aNarrowTerminalShowsWhatMattersMost() {
    // When
    List<String> lines = lines(49, 10, 0, List.of(WELL, STOPPED));
    // Then
    assertThat(lines)
        .startsWith(
            "\u2500".repeat(49),
            "  FUNCTION  STATUS     IN/S  LAG          ERRORS",
            "> shout     OK        1,234  12, 1.3 s         0",
            "  predict   STOPPED   1,234  2,000, 3 min      4")
        .endsWith("up/down  p pause  r resume  s stack  q quit", "Kafka localhost:9092");
  }

  @Test
  void aLagThatHasNoRoomIsRounded() {
    // Given
    Row far = row("far", Word.LAGGING, "", 1_234_567_890, Duration.ofHours(5), Optional.empty());
    Row near = row("near", Word.LAGGING, "", 56_789, Duration.ofMinutes(59), Optional.empty());
    // When
    List<String> lines = lines(60, 10, 0, List.of(far, near));
    // Then
    assertThat(lines.subList(2, 4))
        .containsExactly(
            "> far       LAGGING   1,234     2.3  1,234.6 M         0",
            "  near      LAGGING   1,234     2.3  57 k, 59 min      0");
  }

  @Test
  void aLowTerminalShowsTheFunctionsFirst() {
    // When
    List<String> lines = lines(120, 6, 1, List.of(WELL, STOPPED, WELL, WELL));
    // Then
    assertThat(lines).hasSize(6).last().asString().startsWith("up/down");
    assertThat(lines.get(1)).startsWith("  FUNCTION 2/4  STATUS ");
    assertThat(lines.subList(2, 5)).allMatch(line -> line.matches("..(shout|predict) .*"));
  }

  @Test
  void nothingIsWiderThanTheTerminal() {
    // When
    List<String> lines = lines(40, 20, 0, List.of(STOPPED));
    // Then
    assertThat(lines).allMatch(line -> line.length() <= 40);
  }

  @Test
  void theChosenOneIsShownHoweverManyThereAre() {
    // When
    List<String> lines = lines(100, 10, 77, Collections.nCopies(100, WELL));
    // Then
    assertThat(lines).hasSize(10).filteredOn(line -> line.startsWith(">")).hasSize(1);
  }
}
