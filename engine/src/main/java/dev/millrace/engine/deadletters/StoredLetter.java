package dev.millrace.engine.deadletters;

import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.kafka.RecordId;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// A dead letter in its topic.
///
/// @param id where it is
/// @param topicId of the dead-letter topic: another one after it was deleted and created again
/// @param letter what its headers say
/// @param record as it was read; **with the payload**
public record StoredLetter(
    RecordId id, String topicId, DeadLetter letter, ConsumerRecord<byte[], byte[]> record) {
  /// The record as it was before it failed: its coordinates, key, value, headers and timestamp.
  public ConsumerRecord<byte[], byte[]> original() {
    return DeadLetter.restored(record);
  }
}
