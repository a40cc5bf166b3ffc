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
/// @param stack what the author's code threw, with their own lines below it; empty where it threw
///   nothing
/// @param topic where the messages are from
/// @param partition their partition
/// @param offsets their offsets, at least one: a list that fails fails as a whole
public record CallFailure(
    FailureKind kind,
    String message,
    String stack,
    String topic,
    int partition,
    List<Long> offsets) {
  /// Copies the offsets.
  public CallFailure {
    offsets = List.copyOf(offsets);
  }

  static CallFailure of(
      Failure failure, List<ConsumerRecord<byte[], byte[]>> failed, Class<?> authors) {
    ConsumerRecord<byte[], byte[]> first = failed.getFirst();
    return new CallFailure(
        kind(failure),
        FailureText.sentence(failure),
        stack(failure, authors),
        first.topic(),
        first.partition(),
        failed.stream().map(ConsumerRecord::offset).toList());
  }

  /// What does not fit is said by the message.
  private static String stack(Failure failure, Class<?> authors) {
    Throwable thrown = failure.cause();
    if (failure instanceof Failure.Unreadable || failure instanceof Failure.InvalidOutput) {
      return thrown.getCause() == null ? "" : AuthorStack.render(thrown.getCause(), authors);
    }
    return AuthorStack.render(thrown, authors);
  }

  private static FailureKind kind(Failure failure) {
    return switch (failure) {
      case Failure.FunctionFailed failed -> FailureKind.FUNCTION_FAILED;
      case Failure.Overdue overdue -> FailureKind.OVERDUE;
      case Failure.Unreadable unreadable -> FailureKind.UNREADABLE;
      case Failure.InvalidOutput invalid -> FailureKind.INVALID_OUTPUT;
      case Failure.Defect defect -> FailureKind.DEFECT;
      case Failure.Verdict verdict -> FailureKind.VERDICT;
      case Failure.DeadLetterRefused refused -> throw withoutCluster(failure);
      case Failure.TooManyDeadLetters tooMany -> throw withoutCluster(failure);
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
        && offsets.contains(message.offset());
  }

  /// Where the messages are: `orders-0 @ 3`, or `orders-0 @ 3-7` of a list.
  public String where() {
    String last = offsets.size() == 1 ? "" : "-" + offsets.getLast();
    return topic + "-" + partition + " @ " + offsets.getFirst() + last;
  }

  @Override
  public String toString() {
    return "[%s] %s%s".formatted(where(), message, stack.isEmpty() ? "" : "\n" + stack);
  }
}
