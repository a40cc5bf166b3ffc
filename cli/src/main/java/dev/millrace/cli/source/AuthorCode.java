package dev.millrace.cli.source;

import dev.millrace.cli.files.FilesRead;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Functions as their author wrote them, ready to be called: compiled if need be, and loaded apart
/// from Millrace's own classes.
///
/// Each [#load] makes worlds of its own with their own static fields. Immutable; its classes may be
/// used by many threads. Close it when none of its functions runs any more.
public final class AuthorCode implements AutoCloseable {
  private final List<World> worlds;
  private final Path baseFolder;

  private AuthorCode(List<World> worlds, Path baseFolder) {
    this.worlds = worlds;
    this.baseFolder = baseFolder;
  }

  /// Loads what these paths stand for: `.java` files, compiled together; folders, of which all
  /// sources below count except what is hidden, `target`, `build`, `src/test` and `...Test.java`
  /// (or, without sources, the classes below); and jars, which the sources may use.
  ///
  /// A path with a source that asks for libraries (`//DEPS group:artifact:version`) or for further
  /// sources (`//SOURCES file`) is a world apart: its classes see the JDK, `dev.millrace` and what
  /// they asked for, and none of the other paths.
  ///
  /// Classes compiled before from the same sources come from the cache without starting the
  /// compiler. A cache folder that cannot be written only costs time.
  ///
  /// @param named at least one path
  /// @param cacheFolder where Millrace keeps what it can make again; see [#cacheFolder]
  /// @param notices told while dependencies are resolved, from whichever thread does so
  /// @param read gets sources, jars and folders of classes, also those of what is refused
  /// @throws SetupException with everything that is wrong: paths, dependencies, compile errors, or
  ///   no function
  public static AuthorCode load(
      List<Path> named, Path cacheFolder, Consumer<Notice> notices, FilesRead read) {
    return load(named, cacheFolder, false, notices, read);
  }

  /// The same with the tests that are among the files, which may use JUnit, AssertJ and
  /// `dev.millrace.testing`.
  public static AuthorCode loadWithTests(
      List<Path> named, Path cacheFolder, Consumer<Notice> notices, FilesRead read) {
    return load(named, cacheFolder, true, notices, read);
  }

  private static AuthorCode load(
      List<Path> named, Path cacheFolder, boolean tests, Consumer<Notice> notices, FilesRead read) {
    Path home = Path.of(System.getProperty("user.home"));
    try (Dependencies dependencies =
        new Dependencies(cacheFolder, () -> MavenResolver.of(home, notices), notices)) {
      return load(named, cacheFolder, tests, dependencies, read);
    }
  }

  static AuthorCode load(
      List<Path> named,
      Path cacheFolder,
      boolean tests,
      Dependencies dependencies,
      FilesRead read) {
    List<World> worlds = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (AuthorFiles files : AuthorFiles.find(named, tests, read)) {
      try {
        worlds.add(World.load(files, dependencies.jars(files), cacheFolder, tests));
      } catch (SetupException e) {
        problems.addAll(e.problems());
      } catch (Throwable e) {
        worlds.forEach(World::close);
        throw e;
      }
    }
    AuthorCode code = new AuthorCode(List.copyOf(worlds), folderOf(named.getFirst()));
    if (problems.isEmpty() && code.classes().isEmpty()) {
      problems.add(
          new Problem(
              named.stream().map(Path::toString).collect(Collectors.joining(", ")),
              "no method carries @KafkaFunction",
              "Put @KafkaFunction(name = \"...\", topics = \"...\") on the method that takes the"
                  + " messages"));
    }
    if (!problems.isEmpty()) {
      code.close();
      throw new SetupException(problems);
    }
    return code;
  }

  /// Where Millrace keeps what it can make again: `MILLRACE_CACHE`, else `millrace` in
  /// `XDG_CACHE_HOME`, else in `.cache` at home.
  public static Path cacheFolder(Map<String, String> environment) {
    String own = environment.getOrDefault("MILLRACE_CACHE", "");
    if (!own.isEmpty()) {
      return Path.of(own);
    }
    String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path caches =
        shared.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(shared);
    return caches.resolve("millrace");
  }

  /// The classes with functions, at least one, in the order of their names file by file.
  public List<Class<?>> classes() {
    return worlds.stream().<Class<?>>flatMap(world -> world.functions().stream()).toList();
  }

  /// The classes with JUnit tests; none unless loaded with tests.
  public List<Class<?>> tests() {
    return worlds.stream().<Class<?>>flatMap(world -> world.tests().stream()).toList();
  }

  /// The files that these paths stand for now: when there are others, or there is something else in
  /// them, loading again gives something new. What the sources name in their turn is not among
  /// them.
  public static Set<Path> behind(List<Path> named) {
    return named.stream()
        .flatMap(path -> AuthorFiles.behind(path).stream())
        .map(file -> file.toAbsolutePath().normalize())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Loads the compiler, which takes most of the time of the first compilation.
  public static void warmUp() {
    SourceFile source =
        new SourceFile(
            "Warm.java",
            Path.of("Warm.java"),
            """
            import dev.millrace.KafkaFunction;
            import java.util.List;

            class Warm {
              record Line(String text) {}

              @KafkaFunction(name = "warm", topics = "warm")
              List<Line> call(List<String> lines) {
                return lines.stream().map(String::strip).map(Line::new).toList();
              }
            }
            """);
    World.compile(List.of(source), List.of());
  }

  /// The folder to look in for what a class names beside itself, such as a schema file: the one
  /// with its source, else the one that the first path names or is in.
  public Path folderOf(Class<?> type) {
    return worlds.stream()
        .flatMap(world -> world.sourceOf(type).stream())
        .findFirst()
        .map(AuthorCode::folderOf)
        .orElse(baseFolder);
  }

  /// The version of the code that a class belongs to: twelve hexadecimal digits that are others
  /// when a source or a library that is compiled or loaded with it is another.
  public String versionOf(Class<?> type) {
    return worldOf(type).map(World::version).orElse("");
  }

  /// The names that exceptions of a class's code can have.
  public ThrownNames thrownBy(Class<?> type) {
    return worldOf(type)
        .map(World::thrown)
        .orElseThrow(() -> new IllegalArgumentException(type + " is none of these classes"));
  }

  private Optional<World> worldOf(Class<?> type) {
    return worlds.stream().filter(world -> type.getClassLoader() == world.loader()).findFirst();
  }

  /// Closes the jars. Classes not loaded so far can no longer be.
  @Override
  public void close() {
    worlds.forEach(World::close);
  }

  private static Path folderOf(Path path) {
    Path absolute = path.toAbsolutePath();
    Path parent = absolute.getParent();
    return parent == null || Files.isDirectory(absolute) ? absolute : parent;
  }
}
