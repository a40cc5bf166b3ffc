package dev.millrace.cli;

import dev.millrace.cli.live.Screen;
import dev.millrace.cli.live.StatusLines;
import dev.millrace.engine.Engine;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/// What a person sees while `dev` runs: the table in a terminal, plain lines elsewhere.
final class DevView implements AutoCloseable {
  private final Console console;
  private final boolean verbose;
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final Optional<Screen> screen;
  private final Optional<StatusLines> lines;

  /// @param table whether a table is wanted, if there is a terminal
  /// @param place where the broker and the metrics are
  DevView(Console console, boolean verbose, boolean table, Engine engine, String place) {
    this.verbose = verbose;
    this.screen = table && isTerminal(console) ? screen(console, engine, place) : Optional.empty();
    this.console = screen.map(shown -> above(shown, console)).orElse(console);
    this.lines =
        screen.isPresent() ? Optional.empty() : Optional.of(new StatusLines(engine, this::say));
    screen.ifPresent(shown -> {
      System.setOut(shown.prints());
      if (console.errTerminal()) {
        System.setErr(shown.prints());
        Logging.start(shown.prints(), verbose);
      }
    });
  }

  private static boolean isTerminal(Console console) {
    return console.outTerminal() && new Terminal(console.environment()).shows(0);
  }

  private Optional<Screen> screen(Console console, Engine engine, String place) {
    try {
      return Screen.open(engine, place, console.colours(), console.stop()::request, out);
    } catch (IOException e) {
      console.err().println("[dev] the terminal cannot show a table: " + e.getMessage() + ".");
      return Optional.empty();
    }
  }

  /// A console whose prints scroll above the table, and are for nobody's eyes to be redrawn.
  private static Console above(Screen screen, Console console) {
    return new Console(
        console.in(),
        console.out(),
        console.errTerminal() ? screen.prints() : console.err(),
        false,
        false,
        console.environment(),
        console.stop());
  }

  /// Where to print while it is open.
  Console console() {
    return console;
  }

  void say(String line) {
    console.err().println(line);
  }

  @Override
  public void close() {
    lines.ifPresent(StatusLines::close);
    if (screen.isPresent()) {
      System.setOut(out);
      System.setErr(err);
      Logging.start(err, verbose);
      try {
        screen.get().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
