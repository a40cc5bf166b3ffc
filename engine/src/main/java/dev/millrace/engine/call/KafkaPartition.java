package dev.millrace.engine.call;

import dev.millrace.engine.core.PartitionId;
import org.apache.kafka.common.TopicPartition;

/// The core's partitions in Kafka's words: the core knows the JDK only.
public final class KafkaPartition {
  private KafkaPartition() {}

  /// The same partition.
  public static TopicPartition of(PartitionId partition) {
    return new TopicPartition(partition.topic(), partition.number());
  }
}
