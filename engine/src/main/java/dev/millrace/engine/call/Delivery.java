package dev.millrace.engine.call;

import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.problem.Problem;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// The outputs of one call on their way. Counts acknowledgements for the call as a whole: no future
/// per record, yet every failure is seen.
public final class Delivery implements Callback {
  private final long call;
  private final Mailbox mailbox;
  private final AtomicInteger open;
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile boolean returned;
  private volatile @Nullable Exception failure;
  private ProducerRecord<byte[], byte[]> largest;

  private Delivery(long call, Mailbox mailbox, List<ProducerRecord<byte[], byte[]>> outputs) {
    this.call = call;
    this.mailbox = mailbox;
    this.largest = outputs.getFirst();
    // One more than the outputs, so that the end cannot be told before the call's return is.
    this.open = new AtomicInteger(outputs.size() + 1);
  }

  /// Hands the outputs of a call to the producer, then posts its return, and its delivery when all
  /// are acknowledged.
  public static void send(
      long call, CallResult result, Producer<byte[], byte[]> producer, Mailbox mailbox) {
    List<ProducerRecord<byte[], byte[]>> outputs = result.outputs();
    int count = outputs.size();
    if (count == 0) {
      mailbox.post(new Event.Returned<>(call, result.done(), 0, 0, result.failure()));
      return;
    }
    Delivery delivery = new Delivery(call, mailbox, outputs);
    long bytes = 0;
    int most = 0;
    int sent = 0;
    try {
      // Nothing after an output that is refused at once: the call will be made again, and what
      // comes later must not be there before.
      for (; sent < count && delivery.failure == null; sent++) {
        ProducerRecord<byte[], byte[]> output = outputs.get(sent);
        int size = size(output);
        bytes += size;
        if (size > most) {
          most = size;
          delivery.largest = output;
        }
        producer.send(output, delivery);
      }
    } catch (RuntimeException e) {
      // What was not handed over will not call back.
      delivery.failure = e;
    }
    mailbox.post(new Event.Returned<>(call, result.done(), count, bytes, result.failure()));
    delivery.returned = true;
    delivery.end(1 + count - sent);
  }

  @Override
  public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
    if (exception != null) {
      failure = exception;
    }
    end(1);
  }

  /// A failure is told at once: until the engine knows of it, later calls go on and send theirs.
  private void end(int outputs) {
    boolean all = open.addAndGet(-outputs) == 0;
    Exception failed = failure;
    if ((all || (failed != null && returned)) && told.compareAndSet(false, true)) {
      mailbox.post(
          failed == null
              ? new Event.Delivered<>(call)
              : new Event.DeliveryFailed<>(call, classify(failed, largest)));
    }
  }

  /// The record's own fault, or the cluster's. Everything that is not known to be the record's is
  /// the cluster's: that loses nothing.
  ///
  /// @param largest of the outputs: the producer does not say which one is too large
  static Failure classify(Exception exception, ProducerRecord<byte[], byte[]> largest) {
    return switch (exception) {
      case RecordTooLargeException e -> tooLarge(largest);
      case RecordBatchTooLargeException e -> tooLarge(largest);
      case SerializationException e -> new Failure.InvalidOutput(e);
      case InvalidTopicException e -> new Failure.InvalidOutput(e);
      default -> new Failure.Unavailable(exception);
    };
  }

  private static Failure tooLarge(ProducerRecord<byte[], byte[]> output) {
    return new Failure.InvalidOutput(
        new InvalidOutputException(
            new Problem(
                Provenance.source(output.headers()),
                String.format(
                    Locale.ROOT,
                    "the output for '%s' made of %s has %,d bytes, more than may be sent",
                    output.topic(),
                    Provenance.source(output.headers()),
                    size(output)),
                "Make it smaller, or both max.message.bytes of the topic and"
                    + " kafka.max.request.size larger"),
            null));
  }

  private static int size(ProducerRecord<byte[], byte[]> output) {
    byte[] key = output.key();
    byte[] value = output.value();
    return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
  }
}
