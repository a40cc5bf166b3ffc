package dev.millrace.cli;

import dev.millrace.engine.problem.Problem;

/// What was asked was begun and could not be finished, for a reason that can be said in a sentence.
/// The command line exits with 1.
final class FailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  FailedException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  FailedException(Problem problem, Throwable cause) {
    super(problem.toString(), cause);
    this.problem = problem;
  }

  /// What happened, and what to do.
  Problem problem() {
    return problem;
  }
}
