package dev.millrace.plugin;

/// A value on its way out: what the function returned, and the bytes a [Format] makes of it. Used
/// by one thread.
public interface Written {
  /// What the function returned.
  Object value();

  /// The bytes for Kafka.
  ///
  /// @throws MismatchException when it cannot be written after all
  byte[] bytes() throws MismatchException;
}
