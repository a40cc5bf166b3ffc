package dev.millrace.cli.input;

import dev.millrace.engine.problem.Problem;
import java.io.IOException;

/// The input is not what it should be: says where, what is wrong and what to do.
public final class InputException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  InputException(String source, long line, String what, String advice) {
    this(new Problem(source + ":" + line, what, advice));
  }

  InputException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  /// What is wrong.
  public Problem problem() {
    return problem;
  }
}
