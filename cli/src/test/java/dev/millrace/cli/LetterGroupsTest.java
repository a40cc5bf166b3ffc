package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LetterGroupsTest {
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
