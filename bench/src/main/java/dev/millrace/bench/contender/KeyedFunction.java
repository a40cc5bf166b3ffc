package dev.millrace.bench.contender;

import static java.util.Objects.requireNonNull;

import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Ordering;
import org.jspecify.annotations.Nullable;

/// The function as its author writes it for Millrace.
public final class KeyedFunction {
  /// Set before the engine creates this class, as it does by the constructor without parameters.
  static volatile @Nullable WaitingFunction function;

  /// Takes one message at a time and returns nothing.
  @KafkaFunction(name = "key-order", topics = "input", ordering = Ordering.KEY)
  public void work(Message<String> message) throws InterruptedException {
    requireNonNull(function).call(requireNonNull(message.key()), message.value());
  }
}
