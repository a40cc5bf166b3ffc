package dev.millrace.cli.source;

import dev.millrace.cli.files.FilesRead;
import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a source says it needs, in lines that begin `//DEPS` or `//SOURCES`, JBang's convention.
/// Several may stand in a line, with blanks or commas between.
///
/// @param dependencies the libraries
/// @param sources the files to compile with it
record Directives(List<Dependency> dependencies, List<Path> sources) {
  private static final Pattern LINE =
      Pattern.compile(
          "(?m)^([ \\t]*)//([ \\t]*)(DEPS?|SOURCES?)\\b(.*)$", Pattern.CASE_INSENSITIVE);
  private static final Pattern WORD = Pattern.compile("[^\\s,;]+");

  /// Reads the lines of a source; adds what is wrong with them to the problems.
  ///
  /// @param read gets the files that are named, there or not, before they are read
  static Directives of(SourceFile source, FilesRead read, List<Problem> problems) {
    List<Dependency> dependencies = new ArrayList<>();
    List<Path> sources = new ArrayList<>();
    Matcher lines = LINE.matcher(source.text());
    while (lines.find()) {
      String name = lines.group(3);
      boolean exact =
          lines.group(1).isEmpty()
              && lines.group(2).isEmpty()
              && (name.equals("DEPS") || name.equals("SOURCES"));
      SourceLine line =
          new SourceLine(source.name(), number(source.text(), lines.start()), lines.group(), 0);
      if (exact) {
        read(
            name,
            line,
            lines.start(4) - lines.start(),
            source,
            read,
            dependencies,
            sources,
            problems);
      } else if (lines.group(4).matches("[\\s:]+[\\w.-]+:[\\w.-]+:\\S.*")) {
        // A comment that is nearly such a line was meant as one.
        problems.add(
            line.problem(
                "this line is a comment only",
                "Write '//DEPS group:artifact:version' at the very beginning of the line"));
      }
    }
    return new Directives(List.copyOf(dependencies), List.copyOf(sources));
  }

  private static void read(
      String name,
      SourceLine line,
      int from,
      SourceFile source,
      FilesRead read,
      List<Dependency> dependencies,
      List<Path> sources,
      List<Problem> problems) {
    Matcher words = WORD.matcher(line.text());
    boolean any = false;
    for (int at = from; words.find(at); at = words.end()) {
      String word = words.group();
      if (word.startsWith("//")) {
        break; // a comment
      }
      any = true;
      SourceLine place = new SourceLine(line.source(), line.number(), line.text(), words.start());
      if (name.equals("DEPS")) {
        Dependency.read(word, place)
            .ifPresentOrElse(
                dependencies::add,
                () ->
                    problems.add(
                        place.problem(
                            "'" + word + "' is not group:artifact:version with a single version",
                            "Write it as in '//DEPS org.apache.commons:commons-math3:3.6.1'")));
      } else {
        added(word, source, read)
            .ifPresentOrElse(
                sources::add,
                () ->
                    problems.add(
                        place.problem(
                            "'" + word + "' is no Java file that is there", near(word, source))));
      }
    }
    if (!any) {
      problems.add(
          new SourceLine(line.source(), line.number(), line.text(), line.text().length())
              .problem(
                  "//" + name + " names nothing",
                  name.equals("DEPS")
                      ? "Write 'group:artifact:version' behind it"
                      : "Write the path of a .java file behind it"));
    }
  }

  private static Optional<Path> added(String word, SourceFile source, FilesRead read) {
    if (!word.endsWith(".java")) {
      return Optional.empty();
    }
    try {
      Path added = source.path().resolveSibling(word).normalize();
      read.before(added);
      return Optional.of(added).filter(Files::isRegularFile);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static String near(String word, SourceFile source) {
    Path folder =
        Optional.ofNullable(source.path().toAbsolutePath().getParent()).orElse(Path.of(""));
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names =
          files
              .map(Path::getFileName)
              .map(String::valueOf)
              .filter(name -> name.endsWith(".java"))
              .toList();
      Optional<String> near = NearestName.of(word, names);
      if (near.isPresent()) {
        return "Perhaps you meant " + near.get();
      }
    } catch (IOException e) {
      // Without neighbours there is nothing to propose.
    }
    return "Name it relative to " + source.name();
  }

  private static int number(String text, int position) {
    return 1 + Math.toIntExact(text.substring(0, position).lines().count());
  }
}
