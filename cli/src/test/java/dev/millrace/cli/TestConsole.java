package dev.millrace.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// The command line in this process with a cache of its own, to be looked at while it runs.
final class TestConsole {
  final Stop stop = new Stop();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Console console;

  TestConsole(Path cache) {
    console =
        new Console(
            InputStream.nullInputStream(),
            StandardOutput.to(out),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            Map.of("MILLRACE_CACHE", cache.toString()),
            stop);
  }

  Millrace run(String... args) {
    int code = Main.run(args, console);
    return new Millrace(code, out(), err());
  }

  /// What was printed up to now.
  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /// What was printed on standard error up to now.
  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
