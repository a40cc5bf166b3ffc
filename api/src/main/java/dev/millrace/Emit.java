package dev.millrace;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An output with its own source, key or topic. Immutable.
///
/// A function that takes one message needs it only to change the key: its outputs belong to that
/// message anyway. A function over a list says with [#from] which message an output was made of;
/// the output then has that message's key and coordinates. Without it an output belongs to the
/// whole batch and has no key.
///
/// @param <T> the type of the value
public final class Emit<T> {
  private final @Nullable Message<?> source;
  private final @Nullable T value;
  private final byte @Nullable [] key;
  private final boolean keyGiven;
  private final @Nullable String topic;

  private Emit(
      @Nullable Message<?> source,
      @Nullable T value,
      byte @Nullable [] key,
      boolean keyGiven,
      @Nullable String topic) {
    this.source = source;
    this.value = value;
    this.key = key;
    this.keyGiven = keyGiven;
    this.topic = topic;
  }

  /// An output made of this message: it takes its key, unless another is given.
  public static <T> Emit<T> from(Message<?> source, T value) {
    return new Emit<>(source, value, null, false, null);
  }

  /// An output of the call as a whole, for instance to give it a key.
  public static <T> Emit<T> of(T value) {
    return new Emit<>(null, value, null, false, null);
  }

  /// The deletion of this message's key in a compacted topic: an output without a value.
  public static <T> Emit<T> tombstone(Message<?> source) {
    return new Emit<>(source, null, null, false, null);
  }

  /// The same output with this key, as UTF-8; null for none.
  public Emit<T> key(@Nullable String text) {
    return key(text == null ? null : text.getBytes(StandardCharsets.UTF_8));
  }

  /// The same output with these bytes as its key; null for none.
  public Emit<T> key(byte @Nullable [] bytes) {
    return new Emit<>(source, value, bytes, true, topic);
  }

  /// The same output for this topic, which must be declared.
  public Emit<T> to(String outputTopic) {
    return new Emit<>(source, value, key, keyGiven, outputTopic);
  }

  /// The message it was made of.
  public Optional<Message<?>> source() {
    return Optional.ofNullable(source);
  }

  /// The value, null for a tombstone.
  public @Nullable T value() {
    return value;
  }

  /// The key it goes out with when a batch call returns it: the one given, else its source's, else
  /// null.
  public byte @Nullable [] keyBytes() {
    return !keyGiven && source != null ? source.keyBytes() : key;
  }

  /// Whether the author chose the key, possibly null.
  public boolean keyGiven() {
    return keyGiven;
  }

  /// The topic, where the author named it.
  public Optional<String> topic() {
    return Optional.ofNullable(topic);
  }
}
