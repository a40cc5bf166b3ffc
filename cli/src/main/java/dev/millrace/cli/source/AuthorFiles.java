package dev.millrace.cli.source;

import dev.millrace.cli.files.FilesRead;
import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The sources and jars of one world: what is compiled and loaded together.
///
/// A folder stands for the sources below it, without what is hidden, build results and tests; a
/// folder without sources for the classes below it.
///
/// @param sources the sources, in a stable order
/// @param named how many of them were named; the others were added by `//SOURCES`, and no functions
///   are looked for in them
/// @param libraries jars and folders of classes that were named
/// @param dependencies what the sources ask for with `//DEPS`
/// @param lock where the jars of the dependencies are written down
record AuthorFiles(
    List<SourceFile> sources,
    int named,
    List<Path> libraries,
    List<Dependency> dependencies,
    Path lock) {
  private static final Set<String> BUILD_RESULTS = Set.of("target", "build");
  private static final String TEST = "Test.java";

  /// Reads what was named, or refuses with everything that is wrong with it. Each path with a
  /// source that says `//DEPS` or `//SOURCES` is a world of its own; all others are one together.
  ///
  /// @param tests whether tests are wanted: those in folders, `...Test.java`; and `FooTest.java`
  ///   sees what `Foo.java` does when both are named
  /// @param read noted here before it is read
  /// @return at least one
  static List<AuthorFiles> find(List<Path> named, boolean tests, FilesRead read) {
    List<SourceFile> sources = new ArrayList<>();
    List<Path> libraries = new ArrayList<>();
    List<AuthorFiles> apart = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    Map<Path, Path> testOf = tests ? testsOf(named) : Map.of();
    for (Path path : named) {
      if (testOf.containsValue(path)) {
        continue; // Comes with what it tests.
      }
      try {
        List<SourceFile> found = new ArrayList<>(sources(path, tests, libraries, read));
        Path test = testOf.get(path);
        if (test != null) {
          found.addAll(sources(test, tests, libraries, read));
        }
        Optional<AuthorFiles> world = world(path, found, problems, read);
        world.ifPresentOrElse(apart::add, () -> sources.addAll(found));
      } catch (SetupException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new SetupException(problems);
    }
    List<AuthorFiles> worlds = new ArrayList<>();
    if (!sources.isEmpty() || !libraries.isEmpty()) {
      worlds.add(
          new AuthorFiles(
              List.copyOf(sources),
              sources.size(),
              List.copyOf(libraries),
              List.of(),
              Path.of("")));
    }
    worlds.addAll(apart);
    return List.copyOf(worlds);
  }

  /// The tests among the paths, by the path that each tests.
  private static Map<Path, Path> testsOf(List<Path> named) {
    Map<Path, Path> tests = new LinkedHashMap<>();
    for (Path path : named) {
      Path test = path.resolveSibling(fileName(path).replaceFirst("\\.java$", "") + TEST);
      if (named.contains(test)) {
        tests.put(path, test);
      }
    }
    return tests;
  }

  /// The sources that a path stands for; a path that stands for classes is added to the libraries.
  private static List<SourceFile> sources(
      Path path, boolean tests, List<Path> libraries, FilesRead read) {
    if (Files.isDirectory(path)) {
      return sourcesIn(path, tests, libraries, read);
    }
    read.before(path);
    if (!Files.exists(path)) {
      throw new SetupException(List.of(missing(path)));
    }
    if (path.toString().endsWith(".java")) {
      return List.of(SourceFile.read(fileName(path), path));
    }
    if (path.toString().endsWith(".jar")) {
      libraries.add(path);
      return List.of();
    }
    throw new SetupException(
        path.toString(),
        "is neither a Java source nor a jar",
        "Name a .java file, a folder of them, or a .jar");
  }

  private static List<SourceFile> sourcesIn(
      Path folder, boolean tests, List<Path> libraries, FilesRead read) {
    List<Path> found = sourcesBelow(folder, tests);
    if (found.isEmpty()) {
      if (classFilesBelow(folder).isEmpty()) {
        throw new SetupException(
            folder.toString(),
            "holds no Java source",
            "Name a folder with .java files in it or below it");
      }
      read.before(folder);
      libraries.add(folder);
    }
    found.forEach(read::before);
    return found.stream()
        .map(source -> SourceFile.read(folder.relativize(source).toString(), source))
        .toList();
  }

  /// The world of this path; empty when its sources ask for nothing.
  private static Optional<AuthorFiles> world(
      Path path, List<SourceFile> named, List<Problem> problems, FilesRead read) {
    Map<Path, SourceFile> sources = new LinkedHashMap<>();
    named.forEach(source -> sources.put(place(source.path()), source));
    Deque<SourceFile> unread = new ArrayDeque<>(named);
    Map<String, Dependency> dependencies = new LinkedHashMap<>();
    boolean any = false;
    while (!unread.isEmpty()) {
      Directives directives = Directives.of(unread.remove(), read, problems);
      any |= !directives.dependencies().isEmpty() || !directives.sources().isEmpty();
      for (Dependency one : directives.dependencies()) {
        Dependency before = dependencies.putIfAbsent(one.library() + ":" + one.classifier(), one);
        if (before != null && !before.version().equals(one.version())) {
          problems.add(
              one.line()
                  .problem(
                      one.library()
                          + " is asked for in two versions, first "
                          + before.version()
                          + " at "
                          + before.line().source()
                          + ":"
                          + before.line().number(),
                      "Name one version"));
        }
      }
      for (Path added : directives.sources()) {
        if (!sources.containsKey(place(added))) {
          SourceFile source = SourceFile.read(fileName(added), added);
          sources.put(place(added), source);
          unread.add(source);
        }
      }
    }
    return any
        ? Optional.of(
            new AuthorFiles(
                List.copyOf(sources.values()),
                named.size(),
                List.of(),
                List.copyOf(dependencies.values()),
                Files.isDirectory(path)
                    ? path.resolve("millrace.lock")
                    : path.resolveSibling(fileName(path) + ".lock")))
        : Optional.empty();
  }

  private static Path place(Path source) {
    return source.toAbsolutePath().normalize();
  }

  /// The files that a path stands for now: itself, or the sources below it if there are any.
  static List<Path> behind(Path path) {
    List<Path> sources = Files.isDirectory(path) ? sourcesBelow(path, false) : List.of();
    return sources.isEmpty() ? List.of(path) : sources;
  }

  private static List<Path> sourcesBelow(Path folder, boolean tests) {
    List<Path> found = new ArrayList<>();
    try {
      Path real = folder.toRealPath(); // It may be a link, which would not be followed.
      Files.walkFileTree(
          real,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path below, BasicFileAttributes attributes) {
              return below.equals(real) || isLookedInto(below)
                  ? FileVisitResult.CONTINUE
                  : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (isSource(fileName(file), tests)) {
                found.add(folder.resolve(real.relativize(file)));
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE; // It has gone in the meantime.
              }
              throw e;
            }
          });
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
    found.sort(null);
    return found;
  }

  /// Of a folder's files. What editors and systems keep beside a file begins with a dot.
  private static boolean isSource(String name, boolean tests) {
    return name.endsWith(".java") && !name.startsWith(".") && (tests || !name.endsWith(TEST));
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
