package dev.millrace.bench;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;

/// A line of progress that is written over, once a second at most; only on a terminal.
final class Progress {
  private static final long EVERY_MILLIS = 1000;

  private final PrintStream out;
  private final boolean terminal;
  private String name = "";
  private long total = 1;
  private long shownAt;

  Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /// On standard error, moving when that is a terminal.
  @SuppressWarnings("SystemConsoleNull") // JDK 25 returns null again where nobody looks on
  static Progress here() {
    Console console = System.console();
    return new Progress(System.err, console != null && console.isTerminal());
  }

  /// A new piece of work of so many records.
  void begin(String newName, long newTotal) {
    name = newName;
    total = newTotal;
    shownAt = 0;
    at(0);
  }

  /// So many records are done.
  void at(long done) {
    long now = System.currentTimeMillis();
    if (terminal && now - shownAt >= EVERY_MILLIS) {
      shownAt = now;
      out.printf(Locale.ROOT, "\r%-40s %3d %%\033[K", name, done * 100 / total);
      out.flush();
    }
  }

  /// The piece of work is done, and this came out; written in any case.
  @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
  void end(String format, Object... arguments) {
    String outcome = String.format(Locale.ROOT, format, arguments);
    out.printf(Locale.ROOT, "%s%-40s %s%n", terminal ? "\r\033[K" : "", name, outcome);
  }

  /// A line of its own.
  @SuppressWarnings("AnnotateFormatMethod")
  void say(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
