package dev.millrace.engine.call;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Says which function and which records a problem is about: `score, orders-0 @ 4182`.
final class Place {
  private Place() {}

  static String of(String function, ConsumerRecord<byte[], byte[]> record) {
    return of(function, record.topic(), record.partition(), Long.toString(record.offset()));
  }

  static String of(String function, List<ConsumerRecord<byte[], byte[]>> records) {
    ConsumerRecord<byte[], byte[]> first = records.getFirst();
    return records.size() == 1
        ? of(function, first)
        : of(
            function,
            first.topic(),
            first.partition(),
            first.offset() + "-" + records.getLast().offset());
  }

  private static String of(String function, String topic, int partition, String offsets) {
    return function + ", " + topic + "-" + partition + " @ " + offsets;
  }
}
