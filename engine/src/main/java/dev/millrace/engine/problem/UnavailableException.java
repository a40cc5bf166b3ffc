package dev.millrace.engine.problem;

import org.jspecify.annotations.Nullable;

/// The cluster cannot be reached or refuses us now: the operator's turn; trying again can help. The
/// command line exits with 3.
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  /// Says what cannot be reached, and why.
  public UnavailableException(Problem problem, @Nullable Throwable cause) {
    super(problem.toString(), cause);
    this.problem = problem;
  }

  /// The problem.
  public Problem problem() {
    return problem;
  }
}
