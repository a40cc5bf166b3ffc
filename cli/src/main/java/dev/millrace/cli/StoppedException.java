package dev.millrace.cli;

import dev.millrace.engine.problem.Problem;

/// What was asked was stopped before there was anything to show for it. The command line exits with
/// 75.
final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  StoppedException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  /// What was stopped.
  Problem problem() {
    return problem;
  }
}
