package dev.millrace.cli.source;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A jar as a lock file names it.
///
/// @param coordinates as Maven's resolver prints them: `group:artifact:extension:version`, with a
///   classifier before the version if there is one
/// @param sha256 the hash of its content, in hexadecimal
record LockedJar(String coordinates, String sha256) {
  private static final Pattern LINE =
      Pattern.compile("jar ([\\w.-]+(?::[\\w.+-]+){3,4}) sha256:([0-9a-f]{64})");

  /// Reads a line of a lock file; empty when it is none of a jar.
  static Optional<LockedJar> read(String line) {
    Matcher matcher = LINE.matcher(line);
    return matcher.matches()
        ? Optional.of(new LockedJar(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /// The line of a lock file.
  String line() {
    return "jar " + coordinates + " sha256:" + sha256;
  }
}
