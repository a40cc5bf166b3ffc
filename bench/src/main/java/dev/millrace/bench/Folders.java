package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where things are, from the project's folder.
final class Folders {
  /// The page with the results.
  static final Path PAGE = Path.of("docs", "benchmarks.md");

  /// Numbers that stay.
  static final Path KEPT = Path.of("bench", "results");

  /// Numbers of trial runs, and logs.
  static final Path SCRATCH = KEPT.resolve("scratch");

  /// What processes write to standard error.
  static final Path LOGS = SCRATCH.resolve("logs");

  private static final long SPARE_BYTES = 2_000_000_000L;

  private Folders() {}

  /// Says how much room the broker's temporary folder needs and has; throws when that is too
  /// little.
  static void requireRoom(long bytes, Progress progress) throws IOException {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    long free = Files.getFileStore(folder).getUsableSpace();
    progress.say("disk: %.1f GB needed at most, %.1f GB free", bytes / 1e9, free / 1e9);
    if (free < bytes + SPARE_BYTES) {
      throw new IllegalStateException(
          "not enough room for temporary files. Use fewer records, or make room in " + folder);
    }
  }
}
