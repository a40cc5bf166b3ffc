package dev.millrace.testing;

import dev.millrace.Header;
import dev.millrace.engine.schema.JsonFormat;
import dev.millrace.plugin.MismatchException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/// A message for a function under test: a value, and whatever else of it matters. Immutable.
public final class Input {
  private static final JsonFormat JSON = new JsonFormat();

  private final byte @Nullable [] value;
  private final byte @Nullable [] key;
  private final List<Header> headers;
  private final Instant timestamp;
  private final Optional<String> topic;

  private Input(
      byte @Nullable [] value,
      byte @Nullable [] key,
      List<Header> headers,
      Instant timestamp,
      Optional<String> topic) {
    this.value = value;
    this.key = key;
    this.headers = headers;
    this.timestamp = timestamp;
    this.topic = topic;
  }

  /// A message of this value, without key and headers, of the epoch's first moment.
  ///
  /// @param value text, which is sent as it is; bytes; or any object, which is sent as JSON
  public static Input of(Object value) {
    return new Input(bytes(value), null, List.of(), Instant.EPOCH, Optional.empty());
  }

  /// A message without a value: in a compacted topic, the deletion of this key.
  public static Input tombstone(String key) {
    return new Input(null, utf8(key), List.of(), Instant.EPOCH, Optional.empty());
  }

  /// The same with this key.
  public Input key(String text) {
    return new Input(value, utf8(text), headers, timestamp, topic);
  }

  /// The same with one more header.
  public Input header(String name, String text) {
    List<Header> more = new ArrayList<>(headers);
    more.add(Header.of(name, text));
    return new Input(value, key, List.copyOf(more), timestamp, topic);
  }

  /// The same, as if it happened then.
  public Input at(Instant time) {
    return new Input(value, key, headers, time, topic);
  }

  /// The same from this topic, for functions that read several.
  public Input from(String name) {
    return new Input(value, key, headers, timestamp, Optional.of(name));
  }

  /// What was given: an input as it is, else a message of that value.
  static Input from(Object given) {
    return given instanceof Input input ? input : of(given);
  }

  ConsumerRecord<byte[], byte[]> consumed(String topicOtherwise, long offset) {
    return new ConsumerRecord<>(
        topic.orElse(topicOtherwise),
        0,
        offset,
        timestamp.toEpochMilli(),
        TimestampType.CREATE_TIME,
        key == null ? ConsumerRecord.NULL_SIZE : key.length,
        value == null ? ConsumerRecord.NULL_SIZE : value.length,
        key,
        value,
        kafkaHeaders(),
        Optional.empty());
  }

  ProducerRecord<byte[], byte[]> produced(String name) {
    // The epoch stands for a time that does not matter; brokers delete what is that old.
    Long time = timestamp.equals(Instant.EPOCH) ? null : (Long) timestamp.toEpochMilli();
    return new ProducerRecord<>(name, null, time, key, value, kafkaHeaders());
  }

  private Headers kafkaHeaders() {
    RecordHeaders all = new RecordHeaders();
    headers.forEach(header -> all.add(header.name(), header.value()));
    return all;
  }

  private static byte[] bytes(Object value) {
    try {
      return JSON.write(value).bytes();
    } catch (MismatchException e) {
      throw new IllegalArgumentException(
          "the " + value.getClass().getSimpleName() + " cannot be written as JSON" + e.mismatch(),
          e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
