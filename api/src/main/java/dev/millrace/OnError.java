package dev.millrace;

/// What becomes of a message that failed and that no retry helped.
public enum OnError {
  /// Its partition stops there until somebody resumes it. Nothing is lost, the other partitions go
  /// on, and lag is the alarm.
  STOP,
  /// It is written to the dead-letter topic with the reason, and the partition goes on. `millrace
  /// dlq` lists such messages and sends them home.
  DEAD_LETTER,
  /// It is passed over: counted, logged, and gone.
  SKIP
}
