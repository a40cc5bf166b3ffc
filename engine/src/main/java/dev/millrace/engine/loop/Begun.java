package dev.millrace.engine.loop;

import dev.millrace.engine.core.Position;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/// What a function's start has fixed for good, also when its clients are replaced later. For the
/// engine thread.
///
/// @param at the wall clock at the start, for durations back
/// @param partitions how many partitions each topic had when the group began to read it; those that
///   were added since are read from their beginning
/// @param places where partitions without a committed offset began
public record Begun(
    Instant at, Map<String, Integer> partitions, Map<TopicPartition, Position> places) {
  /// A start at this moment.
  public static Begun at(Instant moment) {
    return new Begun(moment, new HashMap<>(), new HashMap<>());
  }

  /// Forgets a topic that is another one now: all its partitions are new.
  void recreated(String topic) {
    partitions.put(topic, 0);
    places.keySet().removeIf(partition -> partition.topic().equals(topic));
  }
}
