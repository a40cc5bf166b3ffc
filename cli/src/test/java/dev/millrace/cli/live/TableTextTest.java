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
    assertThat(lines.subList(0, 5))
        .containsExactly(
            "  FUNCTION  STATUS       IN/S     OUT/S  LAG                ERRORS  LAST",
            "  shout     OK          1,234       2.3  12, 1.3 s               0  out "
                + " {\"a\":\"b\"}",
            "> predict   STOPPED     1,234       2.3  2,000, 3 min            4  Predict.java:12 "
                + " the function threw Boom",
            "    status        STOPPED: in-0 @ 7: the function threw Boom",
            "    last output   out  {\"a\":\"b\"}");
    assertThat(lines.get(5)).endsWith("in-0 @ 7  Predict.java:12  the function threw Boom");
    assertThat(lines.getLast()).startsWith("Kafka localhost:9092   up/down choose");
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
