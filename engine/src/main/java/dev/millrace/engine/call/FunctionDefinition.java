package dev.millrace.engine.call;

import dev.millrace.plugin.Format;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;

/// A function as its author declared it: what the annotation says and what the method looks like.
///
/// @param name the function's name
/// @param topics what it reads
/// @param outputs what it writes
/// @param settings what else its annotation sets, by the member's name there (`batchSize`):
///   `start`, `batchSize`, `batchWait`, `consumers`, `ordering`, `concurrency`, `threads`,
///   `guarantee`, `retries`, `onError`, `deadline`, `owner` and so on; as written, not checked
/// @param method the method to call
/// @param input what it takes
/// @param returns what it returns
/// @param format how values are written in its topics
/// @param version of its code, in twelve hexadecimal digits; empty where nobody knows
public record FunctionDefinition(
    String name,
    List<String> topics,
    List<OutputTopic> outputs,
    Map<String, String> settings,
    Method method,
    InputShape input,
    ReturnShape returns,
    Format format,
    String version) {
  /// Copies its lists.
  public FunctionDefinition {
    topics = List.copyOf(topics);
    outputs = List.copyOf(outputs);
    settings = Map.copyOf(settings);
  }

  /// The same with this version of its code.
  public FunctionDefinition withVersion(String other) {
    return new FunctionDefinition(
        name, topics, outputs, settings, method, input, returns, format, other);
  }

  /// Class and method as the author would say it: `Sales.validate`.
  public String place() {
    return place(method);
  }

  static String place(Method method) {
    return method.getDeclaringClass().getSimpleName() + "." + method.getName();
  }
}
