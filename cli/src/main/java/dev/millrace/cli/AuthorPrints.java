package dev.millrace.cli;

import java.io.PrintStream;

/// Keeps what functions print themselves apart from what Millrace prints: JSON for programs has
/// standard output for itself, and their prints go to standard error.
///
/// Several may hold at once, as when new code is loaded while the old runs: the last one closed
/// puts standard output back.
final class AuthorPrints implements AutoCloseable {
  private static int holding;
  private static PrintStream before = System.out;

  private final boolean json;

  /// Holds until closed.
  ///
  /// @param json whether standard output is for JSON
  AuthorPrints(Console console, boolean json) {
    this.json = json;
    synchronized (AuthorPrints.class) {
      if (json && holding++ == 0) {
        before = System.out;
        System.setOut(console.err());
      }
    }
  }

  @Override
  public void close() {
    synchronized (AuthorPrints.class) {
      if (json && --holding == 0) {
        System.setOut(before);
      }
    }
  }
}
