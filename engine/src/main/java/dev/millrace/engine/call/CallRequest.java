package dev.millrace.engine.call;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// The records of one call: of one partition, in their order, at least one.
///
/// @param partition where they were read
/// @param records the records as Kafka gave them
/// @param attempt 1 for the first call with the first of them, 2 for the next
/// @param upToUnreadable whether to call only the records before the first that cannot be read;
///   else such records stand apart
/// @param origin cluster id and topic id with a slash between, for the idempotency keys
public record CallRequest(
    TopicPartition partition,
    List<ConsumerRecord<byte[], byte[]>> records,
    int attempt,
    boolean upToUnreadable,
    String origin) {}
