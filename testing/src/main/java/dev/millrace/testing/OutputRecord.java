package dev.millrace.testing;

import dev.millrace.Header;
import dev.millrace.engine.schema.JsonFormat;
import dev.millrace.plugin.MismatchException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// A record in an output topic, as its readers get it. Immutable.
public final class OutputRecord {
  private static final JsonFormat JSON = new JsonFormat();

  private final String topic;
  private final byte @Nullable [] key;
  private final byte @Nullable [] value;
  private final List<Header> headers;

  OutputRecord(String topic, byte @Nullable [] key, byte @Nullable [] value, Headers kafkaHeaders) {
    List<Header> all = new ArrayList<>();
    kafkaHeaders.forEach(header -> all.add(new Header(header.key(), header.value())));
    this.topic = topic;
    this.key = key;
    this.value = value;
    this.headers = List.copyOf(all);
  }

  /// The topic.
  public String topic() {
    return topic;
  }

  /// The key read as UTF-8 text, or null when there is none.
  public @Nullable String key() {
    return key == null ? null : new String(key, StandardCharsets.UTF_8);
  }

  /// The key's bytes, or null when there is none.
  public byte @Nullable [] keyBytes() {
    return key;
  }

  /// Whether it has no value.
  public boolean isTombstone() {
    return value == null;
  }

  /// The value as it is written, read as UTF-8 text: mostly JSON.
  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /// The value's bytes.
  public byte[] bytes() {
    if (value == null) {
      throw new IllegalStateException("the record in '" + topic + "' is a tombstone: no value");
    }
    return value;
  }

  /// The value read as a function's input is read: a record, a class or a map from JSON, text as it
  /// is.
  public <T> T as(Class<T> type) {
    try {
      return type.cast(JSON.reader(type).read(bytes()));
    } catch (MismatchException e) {
      throw new IllegalStateException(
          "the record in '" + topic + "' is no " + type.getSimpleName() + e.mismatch(), e);
    }
  }

  /// The headers in their order.
  public List<Header> headers() {
    return headers;
  }

  /// The text of the last header of this name.
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equals(name))
        .reduce((first, second) -> second)
        .map(Header::text);
  }

  /// What it was made of: `topic/partition/offset`, or `topic/partition/first-last` of a list as a
  /// whole; empty for a record that no function wrote.
  public String source() {
    String source = header("millrace-source").orElse("");
    return source.substring(0, Math.max(0, source.lastIndexOf('@')));
  }

  @Override
  public String toString() {
    return topic + " " + key() + " " + (value == null ? "(tombstone)" : text());
  }
}
