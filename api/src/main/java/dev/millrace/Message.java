package dev.millrace;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A message with its metadata.
///
/// Thread-safe as long as its value is.
///
/// @param <T> the type of the value
public final class Message<T> {
  private final @Nullable T value;
  private final byte @Nullable [] key;
  private final List<Header> headers;
  private final long timestamp;
  private final String topic;
  private final int partition;
  private final long offset;
  private final int attempt;
  private final String origin;

  /// A message as the engine or a test makes it.
  ///
  /// @param value the value, null for a tombstone
  /// @param key the key's bytes, or null
  /// @param headers the headers in their order
  /// @param timestamp milliseconds since the epoch
  /// @param topic the topic it was read from
  /// @param partition the partition it was read from
  /// @param offset its offset there
  /// @param attempt 1 for the first call with it, 2 for the next
  /// @param origin what stands before partition and offset in its idempotency key: the cluster's
  ///   and the topic's id
  public Message(
      @Nullable T value,
      byte @Nullable [] key,
      List<Header> headers,
      long timestamp,
      String topic,
      int partition,
      long offset,
      int attempt,
      String origin) {
    this.value = value;
    this.key = key;
    this.headers = headers;
    this.timestamp = timestamp;
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.attempt = attempt;
    this.origin = origin;
  }

  /// A message for a unit test: this value, no key, no headers, timestamp 0, first attempt, offset
  /// 0 of partition 0 of the topic `test`.
  public static <T> Message<T> of(T value) {
    return new Message<>(value, null, List.of(), 0, "test", 0, 0, 1, "test/test");
  }

  /// The value. Throws [NoSuchElementException] for a tombstone: ask [#isTombstone()] first where
  /// the topic may hold some.
  public T value() {
    if (value == null) {
      throw new NoSuchElementException(
          topic + "-" + partition + " @ " + offset + " is a tombstone: it has no value");
    }
    return value;
  }

  /// Whether the message has no value: in a compacted topic, the deletion of its key.
  public boolean isTombstone() {
    return value == null;
  }

  /// The key read as UTF-8 text, or null when there is none.
  public @Nullable String key() {
    return key == null ? null : new String(key, StandardCharsets.UTF_8);
  }

  /// The key's bytes, or null when there is none; not copied, so do not change them.
  public byte @Nullable [] keyBytes() {
    return key;
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

  /// When the event happened or was appended, as the topic is set up.
  public Instant timestamp() {
    return Instant.ofEpochMilli(timestamp);
  }

  /// The topic it was read from.
  public String topic() {
    return topic;
  }

  /// The partition it was read from.
  public int partition() {
    return partition;
  }

  /// Its offset in the partition.
  public long offset() {
    return offset;
  }

  /// Which call with this message this is, beginning with 1. A restarted process counts anew.
  public int attempt() {
    return attempt;
  }

  /// The same text each time this message is handed over, on whatever machine, and no other
  /// message's: cluster, topic id, partition and offset. For stores that must not do a thing twice.
  public String idempotencyKey() {
    return origin + "/" + partition + "/" + offset;
  }

  @Override
  public String toString() {
    return topic + "-" + partition + " @ " + offset;
  }
}
