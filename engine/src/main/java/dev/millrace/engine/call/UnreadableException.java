package dev.millrace.engine.call;

import dev.millrace.engine.problem.Problem;
import org.jspecify.annotations.Nullable;

/// A record cannot be decoded as the function's input. The message is all there is to say; the
/// cause, if any, was thrown by the author's own constructor.
public final class UnreadableException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  UnreadableException(Problem problem, @Nullable Throwable authors) {
    super(problem.toString(), authors, false, false);
    this.problem = problem;
  }

  /// Where, what and what to do.
  public Problem problem() {
    return problem;
  }
}
