package dev.millrace.testing.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionLogTest {
  private final PartitionLog log = new PartitionLog(new TopicPartition("orders", 0), 3);

  private void append(int records) {
    log.append(
        IntStream.range(0, records)
            .mapToObj(i -> new PartitionLog.Entry(0, null, new byte[1], List.of(), i))
            .toList());
  }

  private static List<Long> offsets(PartitionLog.Fetched fetched) {
    return fetched.records().stream().map(ConsumerRecord::offset).toList();
  }

  @Test
  void theNextOffsetIsPastAHoleAtTheEnd() {
    // Given
    append(2);
    log.hole(3);
    // When
    var fetched = log.read(0, 10, 10);
    // Then
    assertThat(offsets(fetched)).containsExactly(0L, 1L);
    assertThat(fetched.next()).isEqualTo(5);
  }

  @Test
  void aFullPollLeavesTheHoleBehindItsLastRecordForTheNext() {
    // Given
    append(2);
    log.hole(3);
    // When
    var fetched = log.read(0, 2, 10);
    // Then
    assertThat(fetched.next()).isEqualTo(2);
    assertThat(log.read(2, 2, 10).next()).isEqualTo(5);
  }

  @Test
  void compactionRemovesRecordsAndKeepsOffsets() {
    // Given
    append(3);
    append(3);
    append(3);
    // When
    log.compact(entry -> entry.offset() != 1 && entry.offset() < 7);
    // Then
    var fetched = log.read(0, 10, 10);
    assertThat(offsets(fetched)).containsExactly(1L, 7L, 8L);
    assertThat(log.read(0, 10, 1).next()).isEqualTo(3);
    assertThat(fetched.next()).isEqualTo(9);
  }

  @Test
  void anOpenTransactionHoldsTheStableEndBack() {
    // Given
    append(2);
    log.beginTransaction();
    append(2);
    // When
    var fetched = log.read(0, 10, 10);
    // Then
    assertThat(offsets(fetched)).containsExactly(0L, 1L);
    assertThat(log.stableEnd()).isEqualTo(2);
    assertThat(log.end()).isEqualTo(4);
  }

  @Test
  void anAbortedTransactionLeavesItsOffsetsAndAMarker() {
    // Given
    append(1);
    log.beginTransaction();
    append(2);
    log.endTransaction(false);
    append(1);
    // When
    var fetched = log.read(0, 10, 10);
    // Then
    assertThat(offsets(fetched)).containsExactly(0L, 4L);
  }

  @Test
  void recordsCarryTheEpochOfTheLeaderThatWroteThem() {
    // Given
    append(1);
    log.changeLeader();
    append(1);
    // When
    var fetched = log.read(0, 10, 10);
    // Then
    assertThat(fetched.records())
        .extracting(r -> r.leaderEpoch().orElseThrow())
        .containsExactly(3, 4);
    assertThat(fetched.epoch()).isEqualTo(4);
  }

  @Test
  void aPositionBeyondTheEndOfItsEpochDiverges() {
    // Given
    append(2);
    log.changeLeader();
    append(2);
    // When
    var parted = log.divergence(3, 4);
    // Then
    assertThat(parted.orElseThrow().offset()).isEqualTo(2);
    assertThat(log.divergence(3, 2)).isEmpty();
    assertThat(log.divergence(4, 4)).isEmpty();
  }

  @Test
  void whatAnOutOfDateLeaderLosesIsWorthNothing() {
    // Given
    append(2);
    log.changeLeader();
    append(2);
    append(2);
    // When
    long end = log.loseFrom(3);
    append(5);
    // Then
    assertThat(end).isEqualTo(2);
    assertThat(log.epoch()).isEqualTo(5);
    assertThat(log.worth(new OffsetAndMetadata(6, Optional.of(4), ""))).isEqualTo(2);
    assertThat(log.divergence(4, 6).orElseThrow().leaderEpoch()).contains(3);
    assertThat(log.worth(new OffsetAndMetadata(2, Optional.of(3), ""))).isEqualTo(2);
    assertThat(log.worth(new OffsetAndMetadata(6, Optional.of(5), ""))).isEqualTo(6);
  }

  @Test
  void retentionMovesTheStartUp() {
    // Given
    append(2);
    append(2);
    // When
    log.expireBefore(3);
    // Then
    assertThat(log.start()).isEqualTo(3);
    assertThat(log.entries()).extracting(PartitionLog.Entry::offset).containsExactly(3L);
  }
}
