package dev.millrace.engine.core;

import java.util.List;

/// Records of one partition that are called together, from their first call until they are
/// finished.
final class Work<R> {
  final Lane<R> lane;
  final List<R> records;
  final long bytes;

  /// Calls made with the first record, this one included.
  int attempt;

  /// How many of those failed by the function's fault.
  int failures;

  long id;
  boolean calling;
  long startedMillis;

  /// The longest this call may take, by the limits under which it began.
  long deadlineMillis;

  long outputBytes;

  /// Whether the cluster has all its outputs.
  boolean delivered;

  Work(Lane<R> lane, List<R> records, long bytes, int attempt, int failures) {
    this.lane = lane;
    this.records = records;
    this.bytes = bytes;
    this.attempt = attempt;
    this.failures = failures;
  }
}
