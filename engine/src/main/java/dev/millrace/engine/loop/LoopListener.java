package dev.millrace.engine.loop;

import dev.millrace.engine.core.Action;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Is told what people should know of, on the engine thread; must not block.
public interface LoopListener {
  /// A call failed and will be made again.
  void retrying(Action.Retrying<ConsumerRecord<byte[], byte[]>> retrying);

  /// A partition stopped.
  void stopped(Action.Stopped<ConsumerRecord<byte[], byte[]>> stopped);

  /// A record was passed over, by the author's word or by the policy.
  void skipped(Action.Skipped<ConsumerRecord<byte[], byte[]>> skipped);

  /// The culprit of a failed batch is looked for.
  void searching(Action.Searching<ConsumerRecord<byte[], byte[]>> searching);

  /// Records become dead letters.
  void deadLetters(Action.DeadLetters<ConsumerRecord<byte[], byte[]>> letters);

  /// Records the group had not read yet were deleted by the topic's retention.
  void expired(TopicPartition partition, long from, long to);

  /// The broker lost records that the group had read; reading goes on where the logs parted.
  void truncated(TopicPartition partition, long from, long to);

  /// A topic was deleted and created again; it is read as one that was never read before.
  void recreated(String topic);

  /// The cluster cannot be used now; tried again after the wait.
  void unavailable(Exception cause, Duration wait);

  /// The cluster can be used again.
  void available();

  /// A commit did not get through; the next one will say more.
  void commitFailed(Exception cause);

  /// A mistake of ours ended the loop.
  void defect(Throwable cause);
}
