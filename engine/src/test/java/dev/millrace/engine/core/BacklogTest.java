package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BacklogTest {
  /// A record is its size.
  private final Backlog<Integer> backlog = new Backlog<>(new SizeIsAll());

  @Test
  void aListThatIsJustABatchIsHandedOnAsItIs() {
    List<Integer> received = List.of(1, 2, 3);
    backlog.add(received);
    backlog.add(List.of(4));

    Backlog.Batch<Integer> batch = backlog.take(3, 100);

    assertThat(batch.records()).isSameAs(received);
    assertThat(batch.bytes()).isEqualTo(6);
    assertThat(backlog.size()).isEqualTo(1);
    assertThat(backlog.bytes()).isEqualTo(4);
  }

  @Test
  void aBatchIsFilledFromSeveralLists() {
    backlog.add(List.of(1, 2));
    backlog.add(List.of(3, 4, 5));

    Backlog.Batch<Integer> batch = backlog.take(4, 100);

    assertThat(batch.records()).containsExactly(1, 2, 3, 4);
    assertThat(batch.bytes()).isEqualTo(10);
    assertThat(backlog).containsExactly(5);
    assertThat(backlog.bytes()).isEqualTo(5);
  }

  @Test
  void aBatchEndsBeforeItWouldHaveTooManyBytes() {
    backlog.add(List.of(1, 2));
    backlog.add(List.of(3, 4));

    Backlog.Batch<Integer> batch = backlog.take(10, 6);

    assertThat(batch.records()).containsExactly(1, 2, 3);
    assertThat(batch.bytes()).isEqualTo(6);
  }

  @Test
  void aRecordLargerThanABatchIsABatch() {
    backlog.add(List.of(7, 1));

    Backlog.Batch<Integer> batch = backlog.take(10, 5);

    assertThat(batch.records()).containsExactly(7);
    assertThat(batch.bytes()).isEqualTo(7);
    assertThat(backlog).containsExactly(1);
  }

  @Test
  void whatIsClearedIsGone() {
    backlog.add(List.of(1, 2));

    backlog.clear();

    assertThat(backlog.isEmpty()).isTrue();
    assertThat(backlog.bytes()).isZero();
    assertThat(backlog.first()).isNull();
  }

  private record SizeIsAll() implements RecordView<Integer> {
    @Override
    public long offset(Integer received) {
      return received;
    }

    @Override
    public int leaderEpoch(Integer received) {
      return Position.NO_EPOCH;
    }

    @Override
    public int bytes(Integer received) {
      return received;
    }

    @Override
    public @Nullable ByteBuffer key(Integer received) {
      return null;
    }

    @Override
    public long timestamp(Integer received) {
      return received;
    }
  }
}
