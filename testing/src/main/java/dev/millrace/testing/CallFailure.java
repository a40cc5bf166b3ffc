package dev.millrace.testing;

import dev.millrace.engine.FailureText;
import dev.millrace.engine.call.AuthorStack;
import dev.millrace.engine.core.Failure;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Why messages were not done.
///
/// @param kind in what way
/// @param message what happened, without a full stop; of a message or an output that does not fit
///   with the path in it and the rule that it breaks, such as `at /amount: must be a number`
/// @param stack what was thrown, with the author's own lines below it
/// @param topic where the messages are from
/// @param partition their partition
/// @param first the offset of the first
/// @param last the offset of the last: a list that fails fails as a whole
public record CallFailure(
    FailureKind kind,
    String message,
    String stack,
    String topic,
    int partition,
    long first,
    long last) {
  static CallFailure of(
      Failure failure, List<ConsumerRecord<byte[], byte[]>> failed, Class<?> authors) {
    ConsumerRecord<byte[], byte[]> first = failed.getFirst();
    return new CallFailure(
        kind(failure),
        FailureText.sentence(failure),
        AuthorStack.render(failure.cause(), authors),
        first.topic(),
        first.partition(),
        first.offset(),
        failed.getLast().offset());
  }

  private static FailureKind kind(Failure failure) {
    return switch (failure) {
      case Failure.FunctionFailed failed -> FailureKind.FUNCTION_FAILED;
      case Failure.Overdue overdue -> FailureKind.OVERDUE;
      case Failure.Unreadable unreadable -> FailureKind.UNREADABLE;
      case Failure.InvalidOutput invalid -> FailureKind.INVALID_OUTPUT;
      case Failure.Defect defect -> FailureKind.DEFECT;
      case Failure.Unavailable unavailable -> throw withoutCluster(failure);
      case Failure.Unreachable unreachable -> throw withoutCluster(failure);
    };
  }

  private static IllegalStateException withoutCluster(Failure failure) {
    return new IllegalStateException("there is no cluster to fail", failure.cause());
  }

  /// Whether this message is among those that failed.
  public boolean concerns(ConsumerRecord<byte[], byte[]> message) {
    return message.topic().equals(topic)
        && message.partition() == partition
        && message.offset() >= first
        && message.offset() <= last;
  }

  @Override
  public String toString() {
    return "[%s-%d @ %s] %s%n%s"
        .formatted(topic, partition, first == last ? first : first + "-" + last, message, stack);
  }
}
