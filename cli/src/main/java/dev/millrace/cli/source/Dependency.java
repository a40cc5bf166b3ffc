package dev.millrace.cli.source;

import java.util.Optional;
import java.util.regex.Pattern;

/// A library that a source asks for: `group:artifact:version`, and behind another colon a
/// classifier, as JBang has it.
///
/// @param library group and artifact, with the colon
/// @param version the version, a single one
/// @param classifier which of the artifact's jars; empty = the main one
/// @param line where it is asked for
record Dependency(String library, String version, String classifier, SourceLine line) {
  private static final Pattern COORDINATES =
      Pattern.compile("([\\w.-]+:[\\w.-]+):(\\w[\\w.+-]*)(?::([\\w.-]+))?");

  /// Reads coordinates; empty when they are none.
  static Optional<Dependency> read(String coordinates, SourceLine line) {
    return Optional.of(COORDINATES.matcher(coordinates))
        .filter(matcher -> matcher.matches())
        .map(matcher ->
            new Dependency(
                matcher.group(1),
                matcher.group(2),
                Optional.ofNullable(matcher.group(3)).orElse(""),
                line));
  }

  /// As the author writes it.
  String coordinates() {
    return library + ":" + version + (classifier.isEmpty() ? "" : ":" + classifier);
  }
}
