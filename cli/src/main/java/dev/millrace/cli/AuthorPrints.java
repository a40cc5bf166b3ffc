package dev.millrace.cli;

import java.io.PrintStream;

/// Keeps what functions print themselves apart from what Millrace prints: JSON for programs has
/// standard output for itself, and their prints go to standard error.
final class AuthorPrints implements AutoCloseable {
  private final PrintStream before = System.out;

  /// Holds until closed.
  ///
  /// @param json whether standard output is for JSON
  AuthorPrints(Console console, boolean json) {
    if (json) {
      System.setOut(console.err());
    }
  }

  @Override
  public void close() {
    System.setOut(before);
  }
}
