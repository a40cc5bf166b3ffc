package dev.millrace.engine.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.core.Checkpoint;
import dev.millrace.engine.core.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class TopicIdentitiesTest {
  private final Map<String, String> cluster = new HashMap<>(Map.of("orders", "c1/t1"));
  private final TopicIdentities identities =
      new TopicIdentities(topic -> cluster.getOrDefault(topic, "unknown/" + topic));

  private static final Checkpoint START = new Checkpoint(new Position(5, Position.NO_EPOCH));

  @Test
  void tellsATopicThatWasCreatedAgainOnce() {
    // Given
    identities.of("orders");
    // When
    cluster.put("orders", "c1/t2");
    // Then
    assertThat(identities.recreated(List.of("orders", "others"))).containsExactly("orders");
    assertThat(identities.recreated(List.of("orders", "others"))).isEmpty();
    assertThat(identities.of("orders")).isEqualTo("c1/t2");
  }

  @Test
  void aTopicThatBecomesKnownIsTheSame() {
    // Given
    identities.of("clients");
    // When
    cluster.put("clients", "c1/t9");
    // Then
    assertThat(identities.recreated(List.of("clients"))).isEmpty();
  }

  @Test
  void refusesOnlyOffsetsOfAFormerTopicOfTheSameCluster() {
    // Given
    String[] metadata = {"c1/t0", "c1/t1", "c2/t0", "", "by hand", "c1/t0/3", "c1/t1/3"};
    // When
    List<Boolean> former =
        List.of(metadata).stream()
            .map(said -> identities.isFormer("orders", new OffsetAndMetadata(5, said)))
            .toList();
    // Then
    assertThat(former).containsExactly(true, false, false, false, false, true, false);
  }

  @Test
  void saysHowManyPartitionsThereWere() {
    // When
    String note = identities.note("orders", OptionalInt.of(12), START);
    // Then
    assertThat(note).isEqualTo("c1/t1/12");
    assertThat(TopicIdentities.partitions(new OffsetAndMetadata(5, note))).hasValue(12);
    assertThat(identities.note("orders", OptionalInt.empty(), START)).isEqualTo("c1/t1");
    assertThat(TopicIdentities.partitions(new OffsetAndMetadata(5, "c1/t1"))).isEmpty();
    assertThat(TopicIdentities.partitions(new OffsetAndMetadata(5, ""))).isEmpty();
  }
}
