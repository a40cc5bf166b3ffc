package dev.millrace.engine.core;

/// How often a record may be called.
public enum Guarantee {
  /// Committed when its outputs are there: called again after a crash in between.
  AT_LEAST_ONCE,
  /// Committed before it is called: never called again after a crash, and lost by it.
  AT_MOST_ONCE
}
