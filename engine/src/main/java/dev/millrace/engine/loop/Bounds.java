package dev.millrace.engine.loop;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Where reading ends. Immutable.
///
/// @param offsets by partition the first offset that is left to the next run
/// @param millis the time whose first record, or the first later one, is left in all other
///   partitions; [Long#MAX_VALUE] where these have no end
public record Bounds(Map<TopicPartition, Long> offsets, long millis) {
  /// No end anywhere.
  public static final Bounds NONE = new Bounds(Map.of(), Long.MAX_VALUE);

  /// Takes a copy of the offsets.
  public Bounds {
    offsets = Map.copyOf(offsets);
  }

  /// Where a partition ends, [Long#MAX_VALUE] for behind these records.
  ///
  /// @param records what was read of it, in order
  long end(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    Long offset = offsets.get(partition);
    if (offset != null) {
      return offset;
    }
    if (millis < Long.MAX_VALUE) {
      for (ConsumerRecord<byte[], byte[]> record : records) {
        if (record.timestamp() >= millis) {
          return record.offset();
        }
      }
    }
    return Long.MAX_VALUE;
  }
}
