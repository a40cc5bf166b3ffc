package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TopicsListIT {
  private static ClusterFixture cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = new ClusterFixture();
    cluster.create("orders", 2);
    cluster.create("unread", 1);
    cluster.send("orders", 0, null, "a");
    cluster.send("orders", 0, null, "b");
    cluster.send("orders", 1, null, "c");
    long old = System.currentTimeMillis() - Duration.ofHours(1).toMillis();
    cluster.send(new ProducerRecord<>("unread", 0, old, null, ClusterFixture.bytes("old")));
    try (Consumer<byte[], byte[]> consumer = cluster.consumer("score")) {
      consumer.assign(List.of(new TopicPartition("orders", 0)));
      consumer.commitSync(Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(1)));
    }
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void forPeople() {
    Millrace run = cluster.run("topics", "list");

    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .containsExactly(
            "TOPIC   PARTITIONS  MESSAGES  MESSAGES/MIN  LAG  CONSUMERS",
            "orders           2         3             3    1  score",
            "unread           1         1             0    -  -");
  }

  @Test
  void forPrograms() {
    Millrace run = cluster.run("topics", "list", "--output", "json", "--filter", "ORD");

    assertThat(run.json()).hasSize(1);
    JsonNode orders = run.json().get(0);
    assertThat(orders.get("topic").asString()).isEqualTo("orders");
    assertThat(orders.get("messages").asInt()).isEqualTo(3);
    assertThat(orders.get("messagesPerMinute").asInt()).isEqualTo(3);
    assertThat(orders.get("consumers").get(0).get("group").asString()).isEqualTo("score");
    assertThat(orders.get("consumers").get(0).get("lag").asInt()).isEqualTo(1);
    assertThat(orders.get("consumers").get(0).get("members").asInt()).isZero();
  }

  @Test
  void internalTopicsOnRequest() {
    assertThat(cluster.run("topics", "list").out()).doesNotContain("__consumer_offsets");
    assertThat(cluster.run("topics", "list", "--all").out()).contains("__consumer_offsets");
  }

  @Test
  void aFilterThatFitsNothing() {
    Millrace text = cluster.run("topics", "list", "--filter", "xyz");
    Millrace json = cluster.run("topics", "list", "--filter", "xyz", "--output", "json");

    assertThat(text.err()).contains("No topic has 'xyz' in its name.");
    assertThat(json.json()).isEmpty();
  }

  @Test
  void aMemberThatHasNotCommittedYetIsAConsumerToo() {
    try (Consumer<byte[], byte[]> consumer = cluster.consumer("fresh")) {
      // Given
      consumer.subscribe(List.of("unread"));
      while (consumer.assignment().isEmpty()) {
        consumer.poll(Duration.ofMillis(100));
      }

      // When
      JsonNode unread =
          cluster.run("topics", "list", "--output", "json", "--filter", "unread").json().get(0);

      // Then
      JsonNode reading = unread.get("consumers").get(0);
      assertThat(reading.get("group").asString()).isEqualTo("fresh");
      assertThat(reading.get("members").asInt()).isEqualTo(1);
      assertThat(reading.get("lag").asInt()).isEqualTo(1);
    }
  }
}
