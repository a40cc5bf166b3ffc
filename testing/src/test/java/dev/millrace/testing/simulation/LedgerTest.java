package dev.millrace.testing.simulation;

import static dev.millrace.testing.simulation.Cluster.P0;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final TopicPartition OUT = new TopicPartition("out", 0);

  private final Cluster cluster = new Cluster(Faults.none());
  private Ledger ledger = new Ledger(cluster.kafka, List.of(), "dead", id -> false);

  @BeforeEach
  void threeInputs() {
    cluster.kafka.createTopic("out", 1);
    cluster.kafka.createTopic("dead", 1);
    ledger = new Ledger(cluster.kafka, List.of("out", "dead"), "dead", "id1"::equals);
    for (int i = 0; i < 3; i++) {
      long offset = cluster.kafka.write(P0, null, ("id" + i).getBytes(StandardCharsets.UTF_8));
      ledger.wrote(P0, offset, "id" + i, i == 1 ? 0 : 1);
      ledger.called("id" + i);
    }
  }

  private void out(String id) {
    cluster.kafka.write(OUT, new byte[1], Ledger.output(id, 0));
  }

  private List<String> settle(long committed) {
    return ledger.settle(Map.of(P0, new OffsetAndMetadata(committed)), 0, Map.of());
  }

  @Test
  void everythingInItsPlaceIsFine() {
    // Given
    out("id0");
    out("id2");
    // When
    List<String> findings = settle(3);
    // Then
    assertThat(findings).isEmpty();
    assertThat(ledger.complete(Map.of())).isTrue();
  }

  @Test
  void aDeadLetterOfAHealthyRecordIsFound() {
    // Given
    cluster.kafka.write(
        new TopicPartition("dead", 0), null, "id0".getBytes(StandardCharsets.UTF_8));
    cluster.kafka.write(
        new TopicPartition("dead", 0), null, "id1".getBytes(StandardCharsets.UTF_8));
    out("id2");
    // When
    List<String> findings = settle(3);
    // Then
    assertThat(findings)
        .contains("dead-0@0: a dead letter that nothing was wrong with: id0")
        .noneMatch(finding -> finding.contains("id1"));
  }

  @Test
  void aLostRecordIsFound() {
    // Given
    out("id0");
    // When
    List<String> findings = settle(3);
    // Then
    assertThat(findings)
        .containsExactly(
            "orders-0: the record at 2 lacks outputs",
            "orders-0: committed 3, but the record at 2 has 0 of 1 outputs");
  }

  @Test
  void anEarlyCommitIsFoundWhenItIsMade() {
    // Given
    out("id0");
    // When
    String wrong = ledger.wrongWith(P0, new OffsetAndMetadata(3));
    // Then
    assertThat(wrong).contains("committed 3", "record at 2");
    assertThat(ledger.wrongWith(P0, new OffsetAndMetadata(2))).isNull();
  }

  @Test
  void outputsOutOfOrderAreFound() {
    // Given
    out("id2");
    out("id0");
    // When
    List<String> findings = settle(3);
    // Then
    assertThat(findings)
        .containsExactly("out-0@1: output 0 of the record at 0 of orders-0 came too late");
  }

  @Test
  void duplicatesAreCountedAgainstTheBound() {
    // Given
    out("id0");
    out("id2");
    out("id0");
    // When
    List<String> findings = settle(3);
    // Then
    assertThat(findings).containsExactly("1 duplicates, at most 0 allowed");
  }

  @Test
  void outputsThatNobodyOrderedAreFound() {
    // Given
    out("id0");
    out("id1");
    out("id2");
    // When
    List<String> findings = settle(3);
    // Then
    assertThat(findings).containsExactly("out-0@1: an output nobody ordered: id1#0");
  }

  @Test
  void aCommitThatStaysBehindIsFound() {
    // Given
    out("id0");
    out("id2");
    // When
    List<String> findings = settle(2);
    // Then
    assertThat(findings)
        .containsExactly("orders-0: the record at 2 is not committed, only up to 2");
  }

  @Test
  void behindAStoppedRecordNothingIsExpected() {
    // Given
    out("id0");
    // When
    List<String> findings = ledger.settle(Map.of(P0, new OffsetAndMetadata(2)), 0, Map.of(P0, 2L));
    // Then
    assertThat(findings).isEmpty();
  }
}
