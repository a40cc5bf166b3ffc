package dev.millrace.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A command of Millrace to be copied into a shell: begins as this one was called, and quotes what
/// a shell would change.
///
/// @param words its arguments
record NextCommand(List<String> words) {
  /// Set by the launcher: how it was called, such as `./millrace`.
  private static final String CALLED = "millrace.command";

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  NextCommand {
    words = List.copyOf(words);
  }

  static NextCommand of(String... words) {
    return new NextCommand(List.of(words));
  }

  /// The same with more arguments.
  NextCommand and(String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return new NextCommand(all);
  }

  /// The same with these files.
  NextCommand and(List<Path> files) {
    return and(files.stream().map(Path::toString).toArray(String[]::new));
  }

  @Override
  public String toString() {
    return Stream.concat(Stream.of(System.getProperty(CALLED, "millrace")), words.stream())
        .map(NextCommand::quoted)
        .collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
