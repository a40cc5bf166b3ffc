package dev.millrace.cli;

import dev.millrace.engine.problem.SetupException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Asks a person before something is done that cannot be undone.
final class Consent {
  private final Console console;

  @Option(names = "--yes", description = "Do it without asking.")
  private boolean yes;

  Consent(Console console) {
    this.console = console;
  }

  /// Refuses where nobody can be asked and `--yes` was not given.
  void require() {
    if (!yes && !console.errTerminal()) {
      throw new SetupException(
          "--yes", "nobody can be asked: this is no terminal", "Give --yes if it shall be done");
    }
  }

  /// Whether it shall be done.
  ///
  /// @param question without its question mark
  boolean given(String question) {
    if (yes) {
      return true;
    }
    console.err().print(question + "? [y/N] ");
    console.err().flush();
    console.stop().closes(console.in());
    String answer = answer();
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }

  private @Nullable String answer() {
    try {
      return new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8))
          .readLine();
    } catch (IOException e) {
      return null; // Closed by Ctrl-C, which is a no.
    }
  }
}
