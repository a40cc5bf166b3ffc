package dev.millrace.engine.call;

import dev.millrace.engine.core.Action;
import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Runs the author's code off the engine thread, delivers its outputs, and tells the [Mailbox]: for
/// every call that is started one [Event.Returned], cancelled or not; then, if it has outputs, one
/// [Event.Delivered] or [Event.DeliveryFailed], as for dead letters.
///
/// Outputs of a partition are handed to the producer in the order of its calls: `Returned` is
/// posted after the last output was handed over.
public interface CallExecutor extends AutoCloseable {
  /// Starts a call and returns at once.
  void start(Action.Call<ConsumerRecord<byte[], byte[]>> call);

  /// Writes dead letters. Returns at once.
  void deadLetters(Action.DeadLetters<ConsumerRecord<byte[], byte[]>> letters);

  /// Asks a call to end; its outputs are not sent unless that has begun. Unknown calls are ignored.
  void cancel(long id);

  /// Ends a call that takes too long: its [Event.Returned] is posted at once, unless it was before,
  /// with what it has dealt with so far and [Failure.Overdue]. Whatever still comes of it is
  /// dropped.
  void overdue(long id, Duration deadline);

  /// Gives up what is running.
  @Override
  void close();
}
