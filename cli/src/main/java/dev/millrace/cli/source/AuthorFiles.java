package dev.millrace.cli.source;

import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What the names on the command line stand for.
///
/// A folder stands for the sources below it, without hidden folders, build results and tests; a
/// folder without sources for the classes below it.
///
/// @param sources the sources, in a stable order
/// @param libraries jars and folders of classes
record AuthorFiles(List<SourceFile> sources, List<Path> libraries) {
  private static final Set<String> BUILD_RESULTS = Set.of("target", "build");

  /// Reads what was named, or refuses with everything that is wrong with the names.
  static AuthorFiles find(List<Path> named) {
    List<SourceFile> sources = new ArrayList<>();
    List<Path> libraries = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Path path : named) {
      try {
        if (Files.isDirectory(path)) {
          addFolder(path, sources, libraries);
        } else if (!Files.exists(path)) {
          problems.add(missing(path));
        } else if (path.toString().endsWith(".java")) {
          sources.add(SourceFile.read(fileName(path), path));
        } else if (path.toString().endsWith(".jar")) {
          libraries.add(path);
        } else {
          problems.add(
              new Problem(
                  path.toString(),
                  "is neither a Java source nor a jar",
                  "Name a .java file, a folder of them, or a .jar"));
        }
      } catch (SetupException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new SetupException(problems);
    }
    return new AuthorFiles(List.copyOf(sources), List.copyOf(libraries));
  }

  private static void addFolder(Path folder, List<SourceFile> sources, List<Path> libraries) {
    List<Path> found = sourcesBelow(folder);
    for (Path source : found) {
      sources.add(SourceFile.read(folder.relativize(source).toString(), source));
    }
    if (found.isEmpty()) {
      if (classFilesBelow(folder).isEmpty()) {
        throw new SetupException(
            folder.toString(),
            "holds no Java source",
            "Name a folder with .java files in it or below it");
      }
      libraries.add(folder);
    }
  }

  private static List<Path> sourcesBelow(Path folder) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path below, BasicFileAttributes attributes) {
              return below.equals(folder) || isLookedInto(below)
                  ? FileVisitResult.CONTINUE
                  : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (file.toString().endsWith(".java")) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
    found.sort(null);
    return found;
  }

  private static boolean isLookedInto(Path folder) {
    String name = fileName(folder);
    return !name.startsWith(".") && !BUILD_RESULTS.contains(name) && !folder.endsWith("src/test");
  }

  /// The class files in a folder of classes.
  static List<Path> classFilesBelow(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".class")).sorted().toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static SetupException unreadable(Path folder, IOException e) {
    return new SetupException(
        folder.toString(), "cannot be listed: " + e, "Check the folder's permissions");
  }

  private static Problem missing(Path path) {
    Path folder = Optional.ofNullable(path.getParent()).orElse(Path.of(""));
    if (!Files.isDirectory(folder)) {
      return new Problem(
          path.toString(), "does not exist, nor does its folder", "Check the path for a typo");
    }
    List<String> neighbours;
    try (Stream<Path> files = Files.list(folder)) {
      neighbours = files.map(AuthorFiles::fileName).toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
    return new Problem(
        path.toString(),
        "does not exist",
        NearestName.of(fileName(path), neighbours)
            .map(near -> "Perhaps you meant " + folder.resolve(near))
            .orElse("Name a .java file, a folder of them, or a .jar"));
  }

  private static String fileName(Path path) {
    Path name = path.getFileName();
    return name == null ? path.toString() : name.toString();
  }
}
