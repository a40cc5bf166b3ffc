package dev.millrace.testing.simulation;

import static dev.millrace.testing.simulation.Cluster.P0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class SimulatedProducerTest {
  private static final ClientSettings SETTINGS =
      ClientSettings.of("group", GroupProtocol.CONSUMER).withDelivery(2000, 100, 1000);

  private final Cluster cluster = new Cluster(Faults.none());
  private final SimulatedProducer producer = cluster.kafka.producer("p", SETTINGS);
  private final List<String> answers = new ArrayList<>();

  private static ProducerRecord<byte[], byte[]> record(String value) {
    return new ProducerRecord<>("orders", 0, null, value.getBytes(StandardCharsets.UTF_8));
  }

  private void send(SimulatedProducer by, String value) {
    by.send(
        record(value),
        (metadata, error) ->
            answers.add(
                value
                    + (error == null
                        ? "@" + metadata.offset()
                        : " " + error.getClass().getSimpleName())));
  }

  private List<String> written() {
    return cluster.kafka.log(P0).entries().stream()
        .map(e -> new String(Objects.requireNonNull(e.value()), StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void recordsAreAcknowledgedLaterAndInOrder() {
    // Given
    IntStream.range(0, 10).forEach(i -> send(producer, "v" + i));
    assertThat(answers).isEmpty();
    // When
    cluster.world.run(1000);
    // Then
    assertThat(answers).isEqualTo(IntStream.range(0, 10).mapToObj(i -> "v" + i + "@" + i).toList());
  }

  @Test
  void aRecordThatIsTooLargeFailsAtOnceByCallbackAndFuture() {
    // Given
    List<Exception> errors = new ArrayList<>();
    // When
    var future = producer.send(record("x".repeat(101)), (metadata, error) -> errors.add(error));
    // Then
    assertThat(errors).hasSize(1).first().isInstanceOf(RecordTooLargeException.class);
    assertThat(future)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(RecordTooLargeException.class);
  }

  @Test
  void anUnknownTopicFailsAfterMaxBlockByCallbackAndFuture() {
    // Given
    List<Exception> errors = new ArrayList<>();
    // When
    producer.send(
        new ProducerRecord<>("nothing", new byte[1]), (metadata, error) -> errors.add(error));
    // Then
    assertThat(errors).hasSize(1).first().isInstanceOf(TimeoutException.class);
    assertThat(cluster.world.millis()).isEqualTo(5000);
  }

  @Test
  void aSendBlocksWhileTheBufferIsFull() {
    // Given
    cluster.kafka.breakPartition(P0, 60_000);
    for (int i = 0; i < 10; i++) {
      send(producer, "x".repeat(100));
    }
    answers.clear();
    SimulatedProducer patient =
        cluster.kafka.producer("q", SETTINGS.withDelivery(Integer.MAX_VALUE, 100, 100));
    send(patient, "x".repeat(100));
    // When
    List<Exception> errors = new ArrayList<>();
    patient.send(record("y"), (metadata, error) -> errors.add(error));
    // Then
    assertThat(errors).hasSize(1).first().isInstanceOf(BufferExhaustedException.class);
    assertThat(cluster.world.millis()).isEqualTo(5000);
  }

  @Test
  void anUnavailablePartitionIsRetriedUntilTheDeliveryTimeout() {
    // Given
    cluster.kafka.breakPartition(P0, 10_000);
    send(producer, "lost");
    // When
    cluster.world.run(3000);
    // Then
    assertThat(answers).containsExactly("lost TimeoutException");
    assertThat(written()).isEmpty();
  }

  @Test
  void anAnswerThatIsLostIsRetriedAndNothingIsWrittenTwice() {
    // Given
    cluster.kafka.heal(new Faults(0, 0, 0.7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    IntStream.range(0, 5).forEach(i -> send(producer, "v" + i));
    // When
    cluster.world.run(1900);
    // Then
    assertThat(written()).containsExactly("v0", "v1", "v2", "v3", "v4");
  }

  @Test
  void aRecordThatWasGivenUpMayHaveBeenWritten() {
    // Given
    cluster.kafka.heal(new Faults(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    send(producer, "there");
    // When
    cluster.world.run(5000);
    // Then
    assertThat(answers).containsExactly("there TimeoutException");
    assertThat(written()).containsExactly("there");
  }

  @Test
  void flushWaitsForWhatWasSent() {
    // Given
    send(producer, "v");
    // When
    producer.flush();
    // Then
    assertThat(answers).containsExactly("v@0");
  }

  @Test
  void closeGivesUpWhatIsNotAcknowledgedInTime() {
    // Given
    cluster.kafka.breakPartition(P0, 10_000);
    send(producer, "v");
    // When
    producer.close(Duration.ofMillis(100));
    // Then
    assertThat(answers).containsExactly("v KafkaException");
    assertThatThrownBy(() -> producer.send(record("w"))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aCrashedProducerNeverAnswers() {
    // Given
    send(producer, "v");
    // When
    producer.crash();
    // Then
    cluster.world.run(1000);
    assertThat(answers).isEmpty();
    assertThatThrownBy(() -> producer.send(record("w"))).isInstanceOf(Crashed.class);
  }

  @Test
  void recordsOfOneKeyGoToOnePartition() {
    // Given
    byte[] key = {1, 2, 3};
    // When
    for (int i = 0; i < 20; i++) {
      producer.send(new ProducerRecord<>("orders", key, new byte[1]));
    }
    // Then
    producer.flush();
    assertThat(cluster.kafka.partitions("orders"))
        .filteredOn(partition -> !cluster.kafka.log(partition).entries().isEmpty())
        .hasSize(1);
  }
}
