package dev.millrace.bench.contender;

import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The function as its author writes it for Millrace.
public final class PassingFunction {
  /// Set before the engine creates this class, as it does by the constructor without parameters.
  static volatile @Nullable Function function;

  /// Hands everything on.
  @KafkaFunction(name = "pass-through", topics = "input", outputs = @Output(topic = "output"))
  public List<String> pass(List<String> values) {
    Function given = function;
    return given == null ? values : given.applyAll(values);
  }
}
