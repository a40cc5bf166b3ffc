package dev.millrace.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a command sees of the world around it.
///
/// @param in standard input
/// @param out standard output, for what was asked for
/// @param err standard error, for everything else
/// @param outTerminal whether a person looks at `out`
/// @param errTerminal whether a person looks at `err`
/// @param environment the environment's variables
/// @param stop tells that the command shall end, as on Ctrl-C
record Console(
    InputStream in,
    StandardOutput out,
    PrintStream err,
    boolean outTerminal,
    boolean errTerminal,
    Map<String, String> environment,
    Stop stop) {
  /// The console of this process.
  static Console system() {
    Terminal terminal = new Terminal(System.getenv());
    // Read through its channel, standard input can be closed under a blocked reader.
    InputStream in = Channels.newInputStream(new FileInputStream(FileDescriptor.in).getChannel());
    return new Console(
        in,
        StandardOutput.to(new FileOutputStream(FileDescriptor.out)),
        errors(new FileOutputStream(FileDescriptor.err)),
        terminal.shows(1),
        terminal.shows(2),
        System.getenv(),
        new Stop());
  }

  /// A console over these streams with nobody looking, as for a test.
  static Console of(InputStream in, OutputStream out, OutputStream err) {
    return new Console(in, StandardOutput.to(out), errors(err), false, false, Map.of(), new Stop());
  }

  /// Whether what is printed to `out` may have colours.
  boolean colours() {
    return outTerminal
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  private static PrintStream errors(OutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }
}
