package dev.millrace.engine.core;

/// What the author's code said of one record.
public sealed interface Ruling {
  /// Finished, without an output.
  record Skip() implements Ruling {}

  /// To be called again.
  ///
  /// @param afterMillis how long to wait; negative for as long as after a failure
  record Retry(long afterMillis) implements Ruling {}

  /// To be written to the dead-letter topic.
  record DeadLetter() implements Ruling {}

  /// The partition stops at it.
  record Stop() implements Ruling {}
}
