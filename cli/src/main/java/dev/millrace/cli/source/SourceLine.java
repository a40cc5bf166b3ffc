package dev.millrace.cli.source;

import dev.millrace.engine.problem.Problem;
import java.util.List;

/// A place in a source, as messages show it.
///
/// @param source how messages name the file
/// @param number the line, counted from 1
/// @param text what the line says
/// @param column where in it, counted from 0
record SourceLine(String source, int number, String text, int column) {
  /// What is wrong here: the line, and a caret under the place.
  Problem problem(String what, String advice) {
    String before = text.substring(0, column).replaceAll("[^\\t]", " ");
    return new Problem(source + ":" + number, what, advice, List.of(text, before + "^"));
  }
}
