package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.testing.Input;
import dev.millrace.testing.KafkaExtension;
import dev.millrace.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaExtension.class)
class LastRecordsIT {
  private static final Duration LONG = Duration.ofMinutes(1);

  private static Cluster cluster(TestKafka kafka) {
    return Cluster.connect(new KafkaClients(Map.of("bootstrap.servers", kafka.bootstrap())));
  }

  @Test
  void theNewestOfAllPartitionsAreInTheOrderOfTheirTime(TestKafka kafka) throws Exception {
    // Given
    String topic = kafka.topic("lines") + "-of-three";
    kafka.create(topic, 3);
    Instant start = Instant.now();
    for (int i = 0; i < 40; i++) {
      kafka.produce(topic, Input.of("" + i).key("k" + i).at(start.plusMillis(i)));
    }
    try (Cluster cluster = cluster(kafka)) {
      // When
      var newest = new LastRecords(new Stop(), LONG).of(cluster, topic, 5);
      // Then
      assertThat(newest)
          .extracting(each -> new String(each.value(), StandardCharsets.UTF_8))
          .containsExactly("35", "36", "37", "38", "39");
      assertThat(new LastRecords(new Stop(), LONG).of(cluster, topic, 100)).hasSize(40);
    }
  }

  @Test
  void whoStopsItIsNotKeptWaiting(TestKafka kafka) throws Exception {
    // Given
    String topic = kafka.topic("lines");
    kafka.produce(topic, "a");
    Stop stop = new Stop();
    stop.request();
    try (Cluster cluster = cluster(kafka)) {
      // Then
      assertThatThrownBy(() -> new LastRecords(stop, LONG).of(cluster, topic, 1))
          .isInstanceOf(StoppedException.class)
          .hasMessageContaining("[" + topic + "] stopped before its newest messages were read.");
    }
  }

  @Test
  void aTopicThatDoesNotEndIsGivenUp(TestKafka kafka) throws Exception {
    // Given
    String topic = kafka.topic("lines");
    kafka.produce(topic, "a");
    try (Cluster cluster = cluster(kafka)) {
      // Then
      assertThatThrownBy(() -> new LastRecords(new Stop(), Duration.ZERO).of(cluster, topic, 1))
          .isInstanceOf(FailedException.class)
          .hasMessageContaining("could not be read within 0 s. Try again");
    }
  }
}
