package dev.millrace.engine.settings;

/// Where a value can be set; a later layer wins over an earlier one.
public enum Layer {
  /// Nobody set it.
  DEFAULT,
  /// The platform's file.
  PLATFORM,
  /// `@KafkaFunction`.
  ANNOTATION,
  /// The project's file.
  FILE,
  /// `MILLRACE_*`.
  ENVIRONMENT,
  /// The command line.
  FLAG
}
