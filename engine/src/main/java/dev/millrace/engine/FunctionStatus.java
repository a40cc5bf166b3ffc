package dev.millrace.engine;

import dev.millrace.engine.core.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/// How a function stands in this process.
///
/// @param function its name
/// @param word the status in a word
/// @param reason since when, where and why, where the word does not say enough; else empty
/// @param partitions how many partitions this process has
/// @param recordsIn records finished since the start
/// @param recordsOut outputs sent since the start
/// @param lagRecords records behind the frontier of these partitions, or -1 while not known
/// @param lagTime age of the oldest unfinished record, zero without lag
/// @param stopped the partitions that stopped, with why
public record FunctionStatus(
    String function,
    Word word,
    String reason,
    int partitions,
    long recordsIn,
    long recordsOut,
    long lagRecords,
    Duration lagTime,
    List<StoppedPartition> stopped) {
  /// The status words, worst first.
  public enum Word {
    /// The cluster cannot be used, or a topic is not there.
    DOWN,
    /// A partition stopped at a record and waits for a person.
    STOPPED,
    /// Work is there and nothing has moved for a while.
    STALLED,
    /// A call failed and will be made again.
    FAILING,
    /// Far behind.
    LAGGING,
    /// Somebody asked for no further calls.
    PAUSED,
    /// Keeping up.
    OK,
    /// Nothing to do.
    IDLE,
    /// Not known yet.
    UNKNOWN
  }

  /// The same, and down for this reason.
  FunctionStatus down(String why) {
    return new FunctionStatus(
        function, Word.DOWN, why, partitions, recordsIn, recordsOut, lagRecords, lagTime, stopped);
  }

  /// A partition that stopped.
  ///
  /// @param partition the partition
  /// @param offset of the first record that is not finished
  /// @param since when it stopped
  /// @param attempts how often the record was tried
  /// @param failure why
  /// @param expires when the topic's retention may delete that record, if it is known and ever does
  public record StoppedPartition(
      TopicPartition partition,
      long offset,
      Instant since,
      int attempts,
      Failure failure,
      Optional<Instant> expires) {}
}
