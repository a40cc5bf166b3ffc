package dev.millrace.engine.problem;

import java.util.List;
import java.util.stream.Collectors;

/// The author's settings, code or topics do not fit together: refused at start, with every problem
/// found. Trying again without a change does not help. The command line exits with 2.
public final class SetupException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  /// Refuses with these problems, at least one.
  public SetupException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /// Refuses with one problem.
  public SetupException(String where, String what, String advice) {
    this(List.of(new Problem(where, what, advice)));
  }

  /// All problems, in the order they were found.
  public List<Problem> problems() {
    return problems;
  }
}
