package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TrackerTest {
  private final Tracker<Received> tracker = new Tracker<>(Received.VIEW);

  @Test
  void theFirstIsTheFirstThatIsNotFinished() {
    // Given
    receive(0, 1, 2, 3);
    // When the second and third are finished before the first
    finish(2);
    finish(1);
    // Then
    assertThat(tracker.first()).isEqualTo(new Received(0));
    finish(0);
    assertThat(tracker.first()).isEqualTo(new Received(3));
    assertThat(tracker.size()).isEqualTo(1);
    finish(3);
    assertThat(tracker.first()).isNull();
    assertThat(tracker.size()).isZero();
  }

  @Test
  void findsRecordsBetweenOffsetsThatNeverCome() {
    // Given
    receive(3, 4, 90, 1_000, 5_000_000_000L, 5_000_000_001L);
    // When
    finish(5_000_000_000L);
    finish(90);
    finish(4);
    // Then
    assertThat(unfinished()).containsExactly(3L, 1_000L);
    finish(3);
    assertThat(tracker.first()).isEqualTo(new Received(1_000));
    finish(1_000);
    assertThat(tracker.first()).isEqualTo(new Received(5_000_000_001L));
  }

  @Test
  void holdsAnyNumberWhateverWasFinishedBefore() {
    // Given a fixed seed, and a ring that does not begin at its beginning when it grows
    Random random = new Random(5);
    TreeSet<Long> expected = new TreeSet<>();
    long next = 0;
    // When
    for (int round = 0; round < 200; round++) {
      for (int i = random.nextInt(60); i > 0; i--) {
        next += 1 + (random.nextInt(10) == 0 ? random.nextInt(1_000) : 0);
        receive(next);
        expected.add(next);
      }
      List<Long> some = new ArrayList<>(expected);
      Collections.shuffle(some, random);
      for (long offset : some.subList(0, Math.min(some.size(), random.nextInt(50)))) {
        finish(offset);
        expected.remove(offset);
      }
      // Then
      Received first = tracker.first();
      assertThat(first == null ? List.of() : List.of(first.offset()))
          .isEqualTo(expected.stream().limit(1).toList());
    }
    assertThat(expected).hasSizeGreaterThan(500);
    receive(next + 1, next + 2);
    finish(next + 2);
    expected.add(next + 1);
    assertThat(unfinished()).containsExactlyElementsOf(expected);
  }

  @Test
  void aRecordThatIsNotThereCannotBeFinished() {
    // Given
    receive(5, 7);
    // When
    assertThatThrownBy(() -> finish(6))
        // Then
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no record at 6 is outstanding");
    assertThatThrownBy(() -> finish(4)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> finish(8)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void gapsEndBehindTheLastThatIsFinished() {
    // Given
    receive(0, 1, 2, 3, 4, 5);
    tracker.receive(List.of(new Received(6, null, 8), new Received(7, null, 9)));
    // When
    tracker.finish(List.of(new Received(2), new Received(6, null, 8)));
    // Then
    assertThat(tracker.gaps(Gaps.NONE, 8)).isEqualTo(new Gaps(List.of(0L, 1L, 3L, 4L, 5L), 7, 8));
  }

  @Test
  void thereAreNoGapsBeforeTheFirst() {
    // Given
    receive(0, 1, 2);
    // When
    finish(1);
    finish(0);
    // Then
    assertThat(tracker.gaps(Gaps.NONE, 3)).isEqualTo(Gaps.NONE);
  }

  @Test
  void whatWasFinishedBeforeItCameIsPartOfTheGaps() {
    // Given one before the first unfinished record, and one behind
    tracker.receiveFinished(new Received(0));
    receive(1);
    tracker.receiveFinished(new Received(2));
    receive(3);
    // When
    Gaps gaps = tracker.gaps(Gaps.NONE, 4);
    // Then
    assertThat(gaps).isEqualTo(new Gaps(List.of(1L), 3, 7));
    finish(1);
    assertThat(tracker.first()).isEqualTo(new Received(3));
  }

  @Test
  void whatAFormerOwnerFinishedAndIsNotReceivedYetStaysKnown() {
    // Given
    Gaps former = new Gaps(List.of(1L, 4L, 6L, 8L), 12, 6);
    tracker.receiveFinished(new Received(0, null, 6));
    tracker.receive(List.of(new Received(1, null, 6)));
    tracker.receiveFinished(new Received(2, null, 6));
    tracker.receive(List.of(new Received(4, null, 6)));
    // When
    Gaps gaps = tracker.gaps(former, 5);
    // Then
    assertThat(gaps).isEqualTo(new Gaps(List.of(1L, 4L, 6L, 8L), 12, 6));
  }

  @Test
  void forgetsEverything() {
    // Given
    receive(0, 1, 2);
    finish(1);
    // When
    tracker.clear();
    // Then
    assertThat(tracker.first()).isNull();
    assertThat(tracker.size()).isZero();
    receive(1, 2);
    assertThat(tracker.gaps(Gaps.NONE, 3)).isEqualTo(Gaps.NONE);
    finish(2);
    assertThat(unfinished()).containsExactly(1L);
  }

  private void receive(long... offsets) {
    tracker.receive(LongStream.of(offsets).mapToObj(Received::new).toList());
  }

  private void finish(long offset) {
    tracker.finish(List.of(new Received(offset)));
  }

  /// Those before the last that is finished.
  private List<Long> unfinished() {
    return tracker.gaps(Gaps.NONE, Long.MAX_VALUE).unfinished();
  }
}
