package dev.millrace.engine.call;

import dev.millrace.engine.problem.Problem;
import dev.millrace.plugin.Delivery;
import dev.millrace.plugin.Outgoing;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;

/// Hands outputs to a Kafka producer, in the thread that made them. Thread-safe.
public final class DirectSender implements Delivery.Sender {
  private final Producer<byte[], byte[]> producer;

  /// A sender that owns this producer.
  public DirectSender(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  @Override
  public void send(List<? extends Outgoing> outputs, Delivery.Receipt receipt) {
    // The producer tells each output exactly once: one callback for the whole call, and no look at
    // which it was. The callback must not hold on to the outputs.
    CallReceipt call = (CallReceipt) receipt;
    Callback callback =
        (metadata, exception) -> {
          if (exception == null) {
            call.acknowledged();
          } else {
            tell(exception, call);
          }
        };
    int count = outputs.size();
    try {
      // Nothing after an output that is refused at once: the call will be made again, and what
      // comes later must not be there before.
      for (int i = 0; i < count && !receipt.hasFailed(); i++) {
        producer.send((OutgoingRecord) outputs.get(i), callback);
      }
    } catch (RuntimeException e) {
      tell(e, call);
    }
    call.forgetOutputs();
  }

  @Override
  public void close(Duration patience) {
    producer.close(patience);
  }

  /// The record's own fault, or the cluster's. Everything that is not known to be the record's is
  /// the cluster's: that loses nothing.
  private static void tell(Exception exception, CallReceipt receipt) {
    switch (exception) {
      case RecordTooLargeException e -> receipt.refused(tooLarge(receipt.largest()));
      case RecordBatchTooLargeException e -> receipt.refused(tooLarge(receipt.largest()));
      case SerializationException e -> receipt.refused(e);
      case InvalidTopicException e -> receipt.refused(e);
      case InvalidRecordException e -> receipt.refused(e);
      default -> receipt.failed(exception);
    }
  }

  /// The producer does not say which output is too large: it is the largest.
  private static Exception tooLarge(OutgoingRecord largest) {
    String source = Provenance.source(largest.headers());
    return new InvalidOutputException(
        new Problem(
            source,
            String.format(
                Locale.ROOT,
                "the output for '%s'%s has %,d bytes, more than may be sent",
                largest.topic(),
                source.isEmpty() ? "" : " made of " + source,
                largest.size()),
            "Make it smaller, or both max.message.bytes of the topic and kafka.max.request.size"
                + " larger"),
        null,
        Provenance.offset(largest.headers()));
  }
}
