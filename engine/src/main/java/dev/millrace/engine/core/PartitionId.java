package dev.millrace.engine.core;

/// A partition of a topic.
public record PartitionId(String topic, int number) {
  @Override
  public String toString() {
    return topic + "-" + number;
  }
}
