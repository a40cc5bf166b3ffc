package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.MemberAssignment;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StandstillTest {
  private static final TopicPartition FIRST = new TopicPartition("orders", 0);
  private static final TopicPartition SECOND = new TopicPartition("orders", 1);
  private static final TopicPartition THIRD = new TopicPartition("orders", 2);

  private final Standstill standstill = new Standstill("invoices", Duration.ofSeconds(30));

  private static List<MemberDescription> members() {
    return List.of(
        new MemberDescription(
            "m-1",
            Optional.empty(),
            "host-of-a",
            "/10.0.0.7",
            new MemberAssignment(Set.of(FIRST, SECOND))));
  }

  @Test
  void namesTheHolderOnceForEachStandstill() throws Exception {
    // Given
    Map<TopicPartition, Long> others = Map.of(FIRST, 5L, SECOND, 0L, THIRD, 7L);
    try (CapturedLog log = new CapturedLog()) {
      assertThat(standstill.look(others, 0, StandstillTest::members)).isEmpty();
      assertThat(standstill.look(others, 29_999, StandstillTest::members)).isEmpty();
      // When
      Set<String> standing = standstill.look(others, 30_000, StandstillTest::members);
      standstill.look(others, 30_100, StandstillTest::members);
      // Then
      assertThat(standing).containsExactly("orders-0", "orders-1", "orders-2");
      assertThat(log.lines())
          .containsExactly(
              "WARN [invoices] orders-0, orders-1, orders-2 have not moved for 30 s: member m-1"
                  + " (host-of-a) on 10.0.0.7 holds orders-0, orders-1; nobody holds orders-2. The"
                  + " run waits, since another member may only be slow; where it hangs, end it and"
                  + " this process goes on with its partitions.");
    }
  }

  @Test
  void whatMovesOrComesToUsStandsNoMore() throws Exception {
    // Given
    standstill.look(Map.of(FIRST, 5L, SECOND, 0L), 0, StandstillTest::members);
    standstill.look(Map.of(FIRST, 5L, SECOND, 0L), 30_000, StandstillTest::members);
    // When
    Set<String> standing = standstill.look(Map.of(FIRST, 6L), 60_000, StandstillTest::members);
    // Then
    assertThat(standing).isEmpty();
  }
}
