package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class DemoTallyTest {
  private final DemoTally tally = new DemoTally();

  @Test
  void everySaleOnceIsAccountedFor() {
    // Given
    tally.add(sale());
    tally.add(sale());
    // When
    tally.add(outcome("sales_validated", 0, "{}"));
    tally.add(outcome("sales_error", 1, "{\"reasons\": [\"free\", \"returned\"]}"));
    // Then
    assertThat(tally.accounted()).isTrue();
    assertThat(tally.reasons()).containsExactly(entry("free", 1L), entry("returned", 1L));
    assertThat(tally.locations()).containsExactly(entry("Rimini", 1L));
    assertThat(tally.within(0.99)).isEqualTo(5);
    assertThat(tally.firstOutput()).hasValue(1_005);
  }

  @Test
  void aSaleThatCameOutTwiceIsNoReplacementForAnother() {
    // Given
    tally.add(sale());
    tally.add(sale());
    // When
    tally.add(outcome("sales_validated", 1, "{}"));
    tally.add(outcome("sales_validated", 1, "{}"));
    // Then
    assertThat(tally.accounted()).isFalse();
  }

  private static ConsumerRecord<byte[], byte[]> sale() {
    return new ConsumerRecord<>("sales_input", 0, 0, bytes("Rimini"), bytes("{}"));
  }

  /// Made in 5 ms of the sale with this offset.
  private static ConsumerRecord<byte[], byte[]> outcome(String topic, long sale, String value) {
    RecordHeaders headers = new RecordHeaders();
    headers.add("millrace-source", bytes("sales_input/0/" + sale + "@1000"));
    return new ConsumerRecord<>(
        topic,
        0,
        0,
        1_005,
        TimestampType.CREATE_TIME,
        6,
        2,
        bytes("Rimini"),
        bytes(value),
        headers,
        Optional.empty());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
