package dev.millrace.testing;

import dev.millrace.Verdict;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// A verdict that the function gave on a message.
///
/// @param topic where the message is from
/// @param partition its partition
/// @param offset its offset; the messages of [FunctionTester#send] count from 0
/// @param verdict what was said
public record GivenVerdict(String topic, int partition, long offset, Verdict verdict) {
  static GivenVerdict of(ConsumerRecord<byte[], byte[]> record, Verdict verdict) {
    return new GivenVerdict(record.topic(), record.partition(), record.offset(), verdict);
  }

  /// Whether it is about this message.
  public boolean concerns(ConsumerRecord<byte[], byte[]> message) {
    return message.topic().equals(topic)
        && message.partition() == partition
        && message.offset() == offset;
  }
}
