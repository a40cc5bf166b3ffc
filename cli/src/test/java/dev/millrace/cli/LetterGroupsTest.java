package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LetterGroupsTest {
  @ParameterizedTest
  @CsvSource({"0, 0 s", "59, 59 s", "60, 1 min", "7199, 1 h", "172800, 2 d", "-5, 0 s"})
  void anAgeHasOneUnit(long seconds, String words) {
    // Given
    Instant now = Instant.parse("2026-01-31T12:00:00Z");
    // When
    String age = LetterGroups.age(now.minusSeconds(seconds), now);
    // Then
    assertThat(age).isEqualTo(words);
  }

  @Test
  void aCauseDoesNotRepeatItsError() {
    // Given
    String error = "java.lang.IllegalStateException";
    // When
    String cause = LetterGroups.cause(error, error + " at Price.price(Price.java:10)");
    // Then
    assertThat(cause).isEqualTo("at Price.price(Price.java:10)");
    assertThat(LetterGroups.simple(error)).isEqualTo("IllegalStateException");
    assertThat(LetterGroups.simple("Verdict")).isEqualTo("Verdict");
  }
}
