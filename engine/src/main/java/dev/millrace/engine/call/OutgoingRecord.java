package dev.millrace.engine.call;

import dev.millrace.plugin.Outgoing;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// An output: Kafka's own record, which a delivery sees as [Outgoing]. One object, because there
/// are many of them.
public final class OutgoingRecord extends ProducerRecord<byte[], byte[]> implements Outgoing {
  /// An output whose partition the key decides.
  public OutgoingRecord(
      String topic, byte @Nullable [] key, byte @Nullable [] value, Iterable<Header> headers) {
    super(topic, null, null, key, value, headers);
  }

  @Override
  public void headers(BiConsumer<String, byte[]> to) {
    for (Header header : headers()) {
      to.accept(header.key(), header.value());
    }
  }

  /// The bytes of key and value.
  int size() {
    byte[] key = key();
    byte[] value = value();
    return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
  }
}
