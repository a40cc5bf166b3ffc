package dev.millrace.engine.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.kafka.RecordId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FateTest {
  @ParameterizedTest
  @EnumSource
  void isReadAsItWasWritten(Fate.Kind kind) {
    // Given
    Fate fate =
        new Fate(kind, Instant.parse("2026-01-31T12:00:00Z"), "ann", "a \"test\"", "fn", 3, "id");
    // When
    byte[] json = fate.json();
    // Then
    assertThat(Fate.read(json)).contains(fate);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{\"fate\":\"redriven\",\"at\":\"yesterday\"}",
        "{\"fate\":\"sent-to-mars\",\"at\":\"2026-01-31T12:00:00Z\"}"
      })
  void whatIsNoFateIsNone(String text) {
    // When
    byte[] value = text.getBytes(StandardCharsets.UTF_8);
    // Then
    assertThat(Fate.read(value)).isEmpty();
  }

  @Test
  void kindsAreWrittenInAnyLocale() {
    assertThat(Fate.Kind.values())
        .extracting(Fate.Kind::toString)
        .containsExactly("redriven", "skipped", "failed-again", "discarded");
  }

  @Test
  void anIdIsReadAsItIsPrinted() {
    // Given
    RecordId id = new RecordId("orders.score.dlq", 0, 42);
    // When
    String printed = id.toString();
    // Then
    assertThat(printed).isEqualTo("orders.score.dlq/0/42");
    assertThat(RecordId.read(printed)).contains(id);
    assertThat(RecordId.read("orders.score.dlq")).isEmpty();
    assertThat(RecordId.read("orders/x/1")).isEmpty();
    assertThat(RecordId.read("orders/0/99999999999999999999")).isEmpty();
  }
}
