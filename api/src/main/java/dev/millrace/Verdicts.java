package dev.millrace;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/// The verdicts on the messages of one call. A function over a list takes it as its second
/// parameter and says which messages are not simply done:
///
/// ```java
/// @KafkaFunction(name = "validate", topics = "sales", outputs = @Output(topic = "valid"))
/// public List<Sale> validate(List<Sale> sales, Verdicts verdicts) {
///   List<Sale> valid = new ArrayList<>();
///   for (Sale sale : sales) {
///     if (sale.price() < 0) {
///       verdicts.deadLetter(sale, "negative price");
///     } else {
///       valid.add(sale);
///     }
///   }
///   return valid;
/// }
/// ```
///
/// Messages are told apart by identity, so pass the very object that the list holds. All others are
/// done when the call returns. What is returned belongs to those; an output made with
/// [Emit#from(Message, Object)] of a message with a verdict is not sent. The last verdict on a
/// message counts. When the call throws there are no verdicts.
///
/// For one call and the threads it uses; thread-safe. In a unit test make one with `new
/// Verdicts(messages)`.
public final class Verdicts {
  private final Map<Object, Verdict> given;
  private final Map<Object, Boolean> messages;

  /// For a call with these messages.
  public Verdicts(Collection<?> messages) {
    this.given = Collections.synchronizedMap(new IdentityHashMap<>());
    Map<Object, Boolean> all = new IdentityHashMap<>();
    messages.forEach(message -> all.put(message, true));
    this.messages = all;
  }

  /// The message is done, without an output.
  public void skip(Object message, String reason) {
    give(message, Verdict.skip(reason));
  }

  /// The message is handed over again after this time. Messages behind it in its partition that
  /// were not handed over yet wait for it.
  public void retry(Object message, Duration after, String reason) {
    give(message, Verdict.retry(after, reason));
  }

  /// The message is written to the dead-letter topic with this reason.
  public void deadLetter(Object message, String reason) {
    give(message, Verdict.deadLetter(reason));
  }

  /// The partition stops at the message.
  public void stop(Object message, String reason) {
    give(message, Verdict.stop(reason));
  }

  /// Gives this verdict. Throws [IllegalArgumentException] when the message is none of this call's.
  public void give(Object message, Verdict verdict) {
    if (!messages.containsKey(message)) {
      throw new IllegalArgumentException(
          "a verdict on what is no message of this call; pass the very object from the list");
    }
    given.put(message, verdict);
  }

  /// The verdict on this message, if one was given.
  public Optional<Verdict> of(Object message) {
    return Optional.ofNullable(given.get(message));
  }

  /// Whether none was given.
  public boolean isEmpty() {
    return given.isEmpty();
  }
}
