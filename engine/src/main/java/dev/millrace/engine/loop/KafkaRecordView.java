package dev.millrace.engine.loop;

import dev.millrace.engine.core.Position;
import dev.millrace.engine.core.RecordView;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// What the core sees of Kafka's records.
public final class KafkaRecordView implements RecordView<ConsumerRecord<byte[], byte[]>> {
  /// What a record costs beside its bytes: objects and references, roughly.
  private static final int OVERHEAD = 100;

  @Override
  public long offset(ConsumerRecord<byte[], byte[]> received) {
    return received.offset();
  }

  @Override
  public int leaderEpoch(ConsumerRecord<byte[], byte[]> received) {
    Optional<Integer> epoch = received.leaderEpoch();
    return epoch.isPresent() ? epoch.get() : Position.NO_EPOCH;
  }

  @Override
  public int bytes(ConsumerRecord<byte[], byte[]> received) {
    int bytes =
        OVERHEAD
            + Math.max(0, received.serializedKeySize())
            + Math.max(0, received.serializedValueSize());
    // Most have none, and then this makes no object.
    for (Header header : received.headers().toArray()) {
      bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
    }
    return bytes;
  }

  @Override
  public @Nullable ByteBuffer key(ConsumerRecord<byte[], byte[]> received) {
    byte[] key = received.key();
    return key == null ? null : ByteBuffer.wrap(key);
  }

  @Override
  public long timestamp(ConsumerRecord<byte[], byte[]> received) {
    return received.timestamp();
  }
}
