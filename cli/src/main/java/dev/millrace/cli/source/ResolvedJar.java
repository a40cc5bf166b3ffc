package dev.millrace.cli.source;

import java.nio.file.Path;

/// A jar in the user's local repository.
///
/// @param coordinates as Maven's resolver prints them
/// @param file where it is
record ResolvedJar(String coordinates, Path file) {}
