package dev.millrace.cli.source;

import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A file beside a source that says which jars its `//DEPS` stood for when they were resolved, so
/// that they stand for the same ones everywhere and always.
///
/// @param dependencies the coordinates that were asked for, sorted
/// @param jars the jars they stand for, in the order of the class path
record LockFile(List<String> dependencies, List<LockedJar> jars) {
  private static final String ASKED = "deps ";

  /// What nobody has resolved yet.
  static LockFile none() {
    return new LockFile(List.of(), List.of());
  }

  /// Reads a file; [#none] when there is none.
  static LockFile read(Path file) {
    List<String> dependencies = new ArrayList<>();
    List<LockedJar> jars = new ArrayList<>();
    int number = 0;
    try {
      for (String line : Files.readAllLines(file)) {
        number++;
        if (line.startsWith(ASKED)) {
          dependencies.add(line.substring(ASKED.length()));
        } else if (!line.isBlank() && !line.startsWith("#")) {
          int at = number;
          jars.add(
              LockedJar.read(line)
                  .orElseThrow(() ->
                      new SetupException(
                          file + ":" + at,
                          "this is no line of a lock file",
                          "Restore the file, or delete it: it is made again")));
        }
      }
    } catch (NoSuchFileException e) {
      return none();
    } catch (IOException e) {
      throw new SetupException(
          file.toString(),
          "cannot be read: " + e,
          "Restore the file, or delete it: it is made again");
    }
    return new LockFile(List.copyOf(dependencies), List.copyOf(jars));
  }

  /// Writes the file, whole or not at all.
  void write(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path unfinished = absolute.resolveSibling(absolute.getFileName() + ".tmp");
    try {
      Files.writeString(unfinished, text());
      Files.move(unfinished, absolute, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /// What it says.
  String text() {
    Stream<String> lines =
        Stream.of(
                Stream.of(
                    "# The jars that //DEPS stands for, made by millrace. Keep it with the source.",
                    "# It is made again when //DEPS changes, or when you delete it."),
                dependencies.stream().map(ASKED::concat),
                jars.stream().map(LockedJar::line))
            .flatMap(part -> part);
    return String.join("\n", lines.toList()) + "\n";
  }
}
