package dev.millrace.engine.deadletters;

import dev.millrace.engine.problem.Problem;

/// A redrive cannot go on because a newer one of the same function has begun.
public final class TakenOverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  TakenOverException(String function, Throwable cause) {
    this(
        new Problem(
            function,
            "another redrive of this function was started, and this one ends",
            "Nothing is lost: the other one goes on. What this one was at may have been sent twice,"
                + " with the same idempotency key"),
        cause);
  }

  private TakenOverException(Problem problem, Throwable cause) {
    super(problem.toString(), cause);
    this.problem = problem;
  }

  /// What happened, and what to do.
  public Problem problem() {
    return problem;
  }
}
