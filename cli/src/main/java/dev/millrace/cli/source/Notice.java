package dev.millrace.cli.source;

import java.nio.file.Path;

/// What loading authors' code tells while it is under way.
public sealed interface Notice {
  /// A part of a jar, or of a file about one, has been downloaded; the first is empty.
  ///
  /// @param file its name
  /// @param added how many bytes the part has
  /// @param size how many the file has; negative while that is not known
  record Downloading(String file, int added, long size) implements Notice {}

  /// The lock file cannot be written, so that the dependencies are resolved again at every start.
  ///
  /// @param lock the file
  /// @param reason why not
  record NotLocked(Path lock, String reason) implements Notice {}
}
