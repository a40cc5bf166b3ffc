package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordPrinterTest {
  private static final Instant TIME = Instant.parse("2026-01-31T12:00:00.120Z");
  private final RecordHeaders headers = new RecordHeaders();

  private String print(RecordPrinter printer, byte @Nullable [] key, byte @Nullable [] value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    printer.print(
        new ConsumerRecord<>(
            "orders",
            2,
            41,
            TIME.toEpochMilli(),
            TimestampType.CREATE_TIME,
            -1,
            -1,
            key,
            value,
            headers,
            Optional.empty()),
        stream);
    stream.flush();
    String printed = out.toString(StandardCharsets.UTF_8);
    assertThat(printed).endsWith("\n");
    return printed.substring(0, printed.length() - 1);
  }

  private String json(@Nullable String value) {
    return print(new JsonPrinter(), null, value == null ? null : bytes(value));
  }

  private String text(int width, @Nullable String key, @Nullable String value) {
    return print(
        new TextPrinter(width, ZoneId.of("Europe/Berlin")),
        key == null ? null : bytes(key),
        value == null ? null : bytes(value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void jsonHasAllOfARecord() {
    headers.add("traceparent", bytes("00-ab"));
    headers.add("tag", bytes("a"));
    headers.add("tag", bytes("b"));
    headers.add("raw", new byte[] {(byte) 0xff});
    headers.add("none", null);

    assertThat(print(new JsonPrinter(), bytes("k\"1"), bytes("{\"a\":1}")))
        .isEqualTo(
            "{\"topic\":\"orders\",\"partition\":2,\"offset\":41,"
                + "\"timestamp\":\"2026-01-31T12:00:00.120Z\",\"key\":\"k\\\"1\","
                + "\"value\":{\"a\":1},\"headers\":{\"traceparent\":\"00-ab\","
                + "\"tag\":[\"a\",\"b\"],\"raw\":{\"base64\":\"/w==\"},\"none\":null}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"a\": 1.50}", "[1, 2]", "12345678901234567890123", "true", "\"ü\"", "1e400"})
  void aJsonValueStandsAsItWasWritten(String value) {
    assertThat(json(value)).contains("\"value\":" + value + ",");
  }

  @Test
  void aJsonValueOverSeveralLinesBecomesOne() {
    assertThat(json("{\n  \"a\":\r\n 1\n}")).contains("\"value\":{   \"a\":   1 },");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hello", "{\"a\":", "{} {}", "NaN", "", "0123", "a\tb", "\ufeff{}"})
  void otherTextIsAString(String value) {
    assertThat(json(value))
        .contains("\"value\":\"" + value.replace("\"", "\\\"").replace("\t", "\\t") + "\",");
  }

  @Test
  void bytesThatAreNoTextAreBase64() {
    assertThat(print(new JsonPrinter(), new byte[] {0, (byte) 0xfe}, new byte[] {(byte) 0xff, 1}))
        .contains("\"key\":{\"base64\":\"AP4=\"},\"value\":{\"base64\":\"/wE=\"}");
    assertThat(print(new TextPrinter(200, ZoneId.of("UTC")), null, new byte[] {(byte) 0xff, 1}))
        .endsWith("  -  base64:/wE=");
  }

  @Test
  void nothingIsNull() {
    assertThat(json(null)).contains("\"key\":null,\"value\":null,");
    assertThat(text(200, null, null)).endsWith("  -  null");
  }

  @Test
  void textIsOneLineOnTheLocalClock() {
    assertThat(text(200, "k", "{\"a\":\n1}"))
        .isEqualTo("2  41  2026-01-31T13:00:00.120+01:00  k  {\"a\":\\n1}");
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() {
    assertThat(text(200, "a\tb", "\u001b[2J\u009b")).endsWith("  a\\tb  \\u001b[2J\\u009b");
  }

  @Test
  void longLinesAreCutButNeverWithinACharacter() {
    String whole = text(200, "k", "abc😀def");
    int before = whole.indexOf("😀");

    assertThat(text(before + 2, "k", "abc😀def")).isEqualTo(whole.substring(0, before) + "…");
    assertThat(text(before + 3, "k", "abc😀def")).isEqualTo(whole.substring(0, before + 2) + "…");
    assertThat(text(whole.length(), "k", "abc😀def")).isEqualTo(whole);
  }
}
