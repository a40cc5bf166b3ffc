package dev.millrace.cli;

/// The exit codes of every command.
final class ExitCode {
  /// Done.
  static final int DONE = 0;

  /// What was asked was begun and could not be finished: a function failed, a record was refused.
  static final int FAILED = 1;

  /// Wrong usage or settings: nothing can be done before they change.
  static final int USAGE = 2;

  /// The cluster could not be reached, or refuses us.
  static final int UNAVAILABLE = 3;

  /// Stopped before everything was done.
  static final int STOPPED = 75;

  private ExitCode() {}
}
