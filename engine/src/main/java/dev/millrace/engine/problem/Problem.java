package dev.millrace.engine.problem;

import java.util.List;

/// One thing that is wrong, said as `[where] what happened. What to do.`
///
/// @param where the file, setting, function or topic concerned
/// @param what what happened: a clause that begins in lower case, without its full stop
/// @param advice what to do, a sentence without its full stop, or a question; empty only where the
///   excerpt says it
/// @param excerpt lines to show under the sentence as they are, such as a line of the author's
///   source and a caret below it
public record Problem(String where, String what, String advice, List<String> excerpt) {
  public Problem {
    excerpt = List.copyOf(excerpt);
  }

  /// A problem without an excerpt.
  public Problem(String where, String what, String advice) {
    this(where, what, advice, List.of());
  }

  @Override
  public String toString() {
    String end = advice.isEmpty() || advice.endsWith("?") ? "" : ".";
    String sentence =
        "[" + where + "] " + what + "." + (advice.isEmpty() ? "" : " ") + advice + end;
    return excerpt.isEmpty() ? sentence : sentence + "\n" + String.join("\n", excerpt);
  }
}
