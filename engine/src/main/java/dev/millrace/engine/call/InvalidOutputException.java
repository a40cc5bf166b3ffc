package dev.millrace.engine.call;

import dev.millrace.engine.problem.Problem;
import org.jspecify.annotations.Nullable;

/// A function returned something that must not be sent. The message is all there is to say; the
/// cause, if any, was thrown by the author's own code while the value was written.
public final class InvalidOutputException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  private final long offset;

  InvalidOutputException(Problem problem, @Nullable Throwable authors) {
    this(problem, authors, -1);
  }

  /// @param offset of the record it was made of, -1 where that is not known
  InvalidOutputException(Problem problem, @Nullable Throwable authors, long offset) {
    super(problem.toString(), authors, false, false);
    this.problem = problem;
    this.offset = offset;
  }

  long offset() {
    return offset;
  }

  /// Where, what and what to do.
  public Problem problem() {
    return problem;
  }
}
