package dev.millrace.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RevivalTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aFewTimesInARowAndLaterEachTime() {
    // Given
    Revival revival = new Revival(START);
    List<Duration> pauses = new ArrayList<>();
    // When
    while (revival.died(START)) {
      pauses.add(revival.pause());
      revival.born(START);
    }
    // Then
    assertThat(pauses)
        .extracting(Duration::toMillis)
        .containsExactly(200L, 400L, 800L, 1600L, 3200L);
  }

  @Test
  void whoLivedLongIsStartedLikeTheFirstTime() {
    // Given
    Revival revival = new Revival(START);
    revival.died(START);
    revival.died(START);
    revival.born(START);
    // When
    boolean again = revival.died(START.plusSeconds(61));
    // Then
    assertThat(again).isTrue();
    assertThat(revival.pause()).hasMillis(200);
  }
}
