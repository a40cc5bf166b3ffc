package dev.millrace.cli;

import dev.millrace.cli.live.Span;
import dev.millrace.engine.problem.Problem;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// The newest records of a topic, read without a group. No more of them are held than were asked
/// for.
///
/// @param stop ends the reading
/// @param patience how long it may take
record LastRecords(Stop stop, Duration patience) {
  /// Long enough for a slow network, short enough for somebody who waits.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int FURTHER = 4;

  private static final Comparator<ConsumerRecord<byte[], byte[]>> OLDEST_FIRST =
      Comparator.<ConsumerRecord<byte[], byte[]>>comparingLong(ConsumerRecord::timestamp)
          .thenComparing(ConsumerRecord::partition)
          .thenComparing(ConsumerRecord::offset);

  LastRecords(Stop stop) {
    this(stop, PATIENCE);
  }

  /// The newest committed records by their time, the oldest of them first.
  ///
  /// @param count the most to read
  /// @throws FailedException when it takes too long
  /// @throws StoppedException when it is stopped before the end
  List<ConsumerRecord<byte[], byte[]>> of(Cluster cluster, String topic, int count) {
    long end = System.nanoTime() + patience.toNanos();
    PriorityQueue<ConsumerRecord<byte[], byte[]>> newest = new PriorityQueue<>(OLDEST_FIRST);
    // Compaction and transactions leave offsets without a record.
    for (long back = count; ; back *= FURTHER) {
      newest.clear();
      try (TopicReader reader = TopicReader.ofTail(cluster, topic, back)) {
        while (!reader.done()) {
          refuseToGoOn(topic, end);
          for (ConsumerRecord<byte[], byte[]> next : reader.poll()) {
            newest.add(next);
            if (newest.size() > count) {
              newest.remove();
            }
          }
        }
        if (newest.size() == count || reader.whole()) {
          return newest.stream().sorted(OLDEST_FIRST).toList();
        }
      }
    }
  }

  private void refuseToGoOn(String topic, long end) {
    if (stop.requested()) {
      throw new StoppedException(
          new Problem(topic, "stopped before its newest messages were read", "Start it again"));
    }
    if (System.nanoTime() - end >= 0) {
      throw new FailedException(
          new Problem(
              topic,
              "its newest messages could not be read within " + new Span(patience),
              "Try again, or ask for fewer; 'millrace doctor' looks at the cluster"));
    }
  }
}
