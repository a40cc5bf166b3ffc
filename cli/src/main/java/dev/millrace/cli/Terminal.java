package dev.millrace.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// What can be known of the terminal without a native library and without asking it anything: a
/// terminal library costs half a second at start.
final class Terminal {
  private static final int USUAL_WIDTH = 100;

  private final Map<String, String> environment;

  Terminal(Map<String, String> environment) {
    this.environment = environment;
  }

  /// Whether the stream with this descriptor ends in a terminal.
  boolean shows(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    if (!Files.exists(Path.of("/proc/self/fd"))) {
      java.io.Console console = System.console();
      return console != null && console.isTerminal();
    }
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false; // The stream is closed.
    }
  }

  /// Its width in characters; a usual one where it cannot be told.
  int width() {
    String columns = environment.getOrDefault("COLUMNS", "");
    if (columns.matches("[1-9][0-9]{0,4}")) {
      return Integer.parseInt(columns);
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String[] size =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ");
      return size.length == 2 && !size[1].equals("0") ? Integer.parseInt(size[1]) : USUAL_WIDTH;
    } catch (IOException e) {
      return USUAL_WIDTH; // No terminal, or a system without stty.
    }
  }
}
