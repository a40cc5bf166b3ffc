package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GapMapTest {
  /// As long as the ids of clusters and topics are.
  private static final String TOPIC = "MkU3OEVBNTcwNTJENDM2Qg/kWv0iR8uT0aMXUMzPpDkLw";

  private static final Gaps GAPS = new Gaps(List.of(100L, 101L, 250L, 70_000L), 80_000, 12);

  @Test
  void isReadAsItWasWritten() {
    // When
    String text = GapMap.encode(GAPS, 100, TOPIC);
    // Then
    assertThat(GapMap.decode(text, 100, TOPIC)).contains(GAPS);
    assertThat(text).matches("[A-Za-z0-9_-]+");
  }

  @Test
  void anyGapsAreReadAsTheyWereWritten() {
    // Given a fixed seed
    Random random = new Random(11);
    for (int round = 0; round < 2_000; round++) {
      long position = random.nextLong(1L << (1 + random.nextInt(61)));
      List<Long> unfinished = new ArrayList<>();
      long last = position;
      for (int i = random.nextInt(40); i > 0; i--) {
        unfinished.add(last);
        last += 1 + random.nextLong(1L << random.nextInt(22));
      }
      Gaps gaps = new Gaps(unfinished, last + 1, random.nextInt(1_000) - 1);
      // When
      String text = GapMap.encode(gaps, position, TOPIC);
      // Then
      assertThat(GapMap.decode(text, position, TOPIC)).contains(gaps);
    }
  }

  @Test
  void theLongestHasItsPlaceInACommitBesideTheNoteOfItsTopic() {
    // Given as many differences as can be are of three bytes, the others of two
    List<Long> unfinished = new ArrayList<>(List.of(1L << 60));
    long span = Partition.MOST_SPAN;
    int left = Limits.MOST_UNFINISHED - 1;
    long used = 0;
    while (left > 0) {
      long step = span - used - (1 << 14) > (left - 1) * 128L ? 1 << 14 : 128;
      used += step;
      left--;
      unfinished.add(unfinished.getLast() + step);
    }
    Gaps gaps = new Gaps(unfinished, unfinished.getFirst() + span, Integer.MAX_VALUE - 1);
    assertThat(gaps.within(Limits.MOST_UNFINISHED, span)).isEqualTo(gaps);
    // When
    String text = GapMap.encode(gaps, unfinished.getFirst(), TOPIC);
    // Then
    int longest = GapMap.longest(Limits.MOST_UNFINISHED, span);
    assertThat(text.length()).isBetween(longest - 100, longest);
    assertThat((TOPIC + "/100000").length() + 1 + longest).isLessThanOrEqualTo(4_096);
    assertThat(GapMap.decode(text, unfinished.getFirst(), TOPIC)).contains(gaps);
  }

  @Test
  void isNotReadWithAnotherOffsetOrTopic() {
    // Given
    String text = GapMap.encode(GAPS, 100, TOPIC);
    // When
    boolean otherOffset = GapMap.decode(text, 99, TOPIC).isPresent();
    // Then
    assertThat(otherOffset).isFalse();
    assertThat(GapMap.decode(text, 100, TOPIC + "x")).isEmpty();
  }

  @Test
  void isNotReadWhenAnythingOfItIsDamaged() {
    // Given
    byte[] bytes = Base64.getUrlDecoder().decode(GapMap.encode(GAPS, 100, TOPIC));
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      // When
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(damaged);
      // Then
      assertThat(GapMap.decode(text, 100, TOPIC)).isEmpty();
    }
  }

  @Test
  void isNotReadWhenItWasCutOff() {
    // Given
    String text = GapMap.encode(GAPS, 100, TOPIC);
    for (int length = 0; length < text.length(); length++) {
      // When
      String cut = text.substring(0, length);
      // Then
      assertThat(GapMap.decode(cut, 100, TOPIC)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "by hand", "AQ", "AQAAAAAA", "bm90IG91cnM", "{\"a\":1}", "ÄÖ"})
  void isNotReadWhenItIsNotOurs(String text) {
    // When
    boolean read = GapMap.decode(text, 100, TOPIC).isPresent();
    // Then
    assertThat(read).isFalse();
  }
}
