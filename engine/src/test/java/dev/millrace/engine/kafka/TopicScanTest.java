package dev.millrace.engine.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.problem.UnavailableException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class TopicScanTest {
  @Test
  void aPartitionWithoutALeaderIsNoEmptyOne() {
    // Given
    Topics.Topic topic =
        new Topics.Topic(
            "orders.score.dlq",
            Uuid.ONE_UUID,
            false,
            List.of(new Topics.Partition(0, Optional.empty(), List.of(1), List.of(), 0, 0)),
            Map.of(),
            Set.of());
    KafkaClients clients = new KafkaClients(Map.of("bootstrap.servers", "localhost:1"));
    try (Topics topics = clients.topics()) {
      TopicScan scan = new TopicScan(clients, topics);
      // When
      assertThatThrownBy(() -> scan.read(List.of(topic), record -> true))
          // Then
          .isInstanceOf(UnavailableException.class)
          .hasMessage(
              "[orders.score.dlq] its partition 0 has no leader, so that not all can be read. Look"
                  + " after the cluster's brokers, then run it again.");
    }
  }
}
