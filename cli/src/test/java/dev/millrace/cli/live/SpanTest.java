package dev.millrace.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpanTest {
  @ParameterizedTest
  @CsvSource({
    "-5, 0 s",
    "0, 0 s",
    "1, 1 ms",
    "999, 999 ms",
    "1000, 1 s",
    "1349, 1.3 s",
    "9999, 9.9 s",
    "10999, 10 s",
    "119999, 119 s",
    "120000, 2 min",
    "7199999, 119 min",
    "7200000, 2 h",
    "172799999, 47 h",
    "172800000, 2 d"
  })
  void isToldInTheUnitThatSaysEnough(long millis, String words) {
    // Given
    Instant now = Instant.parse("2026-01-31T12:00:00Z");
    // When
    Span span = Span.since(now.minusMillis(millis), now);
    // Then
    assertThat(span).hasToString(words);
  }
}
