package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleFileTest {
  private static final List<String> TEXTS =
      List.of(
          "hello",
          "\"hello\"",
          "",
          " ",
          "null",
          "true",
          "1.50",
          "-1e400",
          "12345678901234567890123.10",
          "0123",
          "{}",
          "[1, 2]",
          "{ \"a\" : 1.50, \"a\":\"\\u00e9é\\/\" }",
          " {\"a\":1} ",
          "{\n  \"a\":\r\n 1\n}\n",
          "{\"base64\":\"AAE=\"}",
          "{\"base64\":\"no, not that\"}",
          "{\"topic\":\"t\",\"partition\":0,\"offset\":0,\"value\":1}",
          "{\"value\":{\"value\":2}}",
          "[".repeat(500) + "]".repeat(500),
          "9".repeat(1_001),
          "\ufeff{\"a\":1}",
          "{\0\"",
          "a\tb\u001b[2J\u2028😀\r\n");

  @TempDir private Path folder;

  /// What is read when these were saved.
  private List<ConsumerRecord<byte[], byte[]>> saved(
      List<ConsumerRecord<byte[], byte[]>> messages) {
    SampleFile file = new SampleFile(folder.resolve("saved.jsonl"));
    file.write(messages);
    return file.read("elsewhere");
  }

  @SuppressWarnings("NullAway") // Kafka's records have keys and values that are null.
  private static ConsumerRecord<byte[], byte[]> message(
      long offset, byte @Nullable [] key, byte @Nullable [] value, RecordHeaders headers) {
    return new ConsumerRecord<>(
        "orders",
        3,
        offset,
        1_000 + offset,
        TimestampType.CREATE_TIME,
        -1,
        -1,
        key,
        value,
        headers,
        Optional.empty());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// All of it, bytes in hexadecimal.
  private static String shown(ConsumerRecord<byte[], byte[]> message) {
    List<String> headers = new ArrayList<>();
    message.headers().forEach(header -> headers.add(header.key() + "=" + hex(header.value())));
    return "%s-%d @ %d, %d: %s -> %s %s"
        .formatted(
            message.topic(),
            message.partition(),
            message.offset(),
            message.timestamp(),
            hex(message.key()),
            hex(message.value()),
            headers);
  }

  private static String hex(byte @Nullable [] bytes) {
    return bytes == null ? "none" : HexFormat.of().formatHex(bytes);
  }

  @Test
  void everyMessageIsReadAsItWasSaved() {
    // Given
    List<byte @Nullable []> payloads = new ArrayList<>();
    TEXTS.forEach(text -> payloads.add(bytes(text)));
    payloads.add(null);
    payloads.add(new byte[] {0, (byte) 0xff, 10});
    payloads.add(new byte[] {'"', 0, 'a', 0, '"', 0});
    List<ConsumerRecord<byte[], byte[]>> messages = new ArrayList<>();
    for (byte[] payload : payloads) {
      RecordHeaders headers = new RecordHeaders();
      headers.add("a", payload);
      messages.add(message(messages.size(), payload, payload, headers));
    }
    RecordHeaders mixed = new RecordHeaders();
    mixed.add("a", bytes("1"));
    mixed.add("b", null);
    mixed.add("a", bytes("2"));
    mixed.add("a", null);
    messages.add(message(99, null, bytes("{\"a\":1}"), mixed));
    // When
    List<ConsumerRecord<byte[], byte[]>> read = saved(messages);
    // Then
    assertThat(read.stream().map(SampleFileTest::shown))
        .containsExactlyElementsOf(messages.stream().map(SampleFileTest::shown).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\": 1.50}", "[1]", "12", "\"text\""})
  void whatLosesNothingIsWrittenAsItIs(String json) throws Exception {
    // Given
    String value = json.replace("\"text\"", "text");
    // When
    saved(List.of(message(1, null, bytes(value), new RecordHeaders())));
    // Then
    assertThat(Files.readString(folder.resolve("saved.jsonl")))
        .contains("\"value\":" + json + ",\"headers\":{}}\n");
  }
}
