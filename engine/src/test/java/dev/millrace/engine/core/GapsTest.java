package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class GapsTest {
  private static final Gaps GAPS = new Gaps(List.of(10L, 12L, 17L), 20, 5);

  @Test
  void everythingBeforeTheEndIsFinishedButForWhatIsNamed() {
    // When
    List<Long> finished =
        LongStream.range(10, 23).filter(offset -> GAPS.isFinished(offset, 5)).boxed().toList();
    // Then
    assertThat(finished).containsExactly(11L, 13L, 14L, 15L, 16L, 18L, 19L);
    assertThat(Gaps.NONE.isFinished(0, Position.NO_EPOCH)).isFalse();
  }

  @Test
  void aRecordOfALaterLeaderWasWrittenOverIt() {
    // When
    boolean finished = GAPS.isFinished(11, 6);
    // Then
    assertThat(finished).isFalse();
    assertThat(GAPS.isVoid(11, 6)).isTrue();
    assertThat(GAPS.isVoid(11, 5)).isFalse();
    assertThat(GAPS.isVoid(11, 4)).isFalse();
    assertThat(GAPS.isFinished(11, 4)).isTrue();
    // What comes behind the end may have any.
    assertThat(GAPS.isVoid(20, 6)).isFalse();
  }

  @Test
  void whatHasItsPlaceIsAllKept() {
    // When
    Gaps within = GAPS.within(3, 10);
    // Then
    assertThat(within).isEqualTo(GAPS);
  }

  @Test
  void withTooManyUnfinishedItEndsBeforeTheNextOfThem() {
    // When
    Gaps within = GAPS.within(2, 1_000);
    // Then
    assertThat(within).isEqualTo(new Gaps(List.of(10L, 12L), 17, 5));
  }

  @Test
  void withTooMuchSpanItEndsThere() {
    // When
    Gaps between = GAPS.within(1_000, 9);
    // Then
    assertThat(between).isEqualTo(new Gaps(List.of(10L, 12L, 17L), 19, 5));
    assertThat(GAPS.within(1_000, 7)).isEqualTo(new Gaps(List.of(10L, 12L), 17, 5));
    assertThat(GAPS.within(1_000, 4)).isEqualTo(new Gaps(List.of(10L, 12L), 17, 5));
  }
}
