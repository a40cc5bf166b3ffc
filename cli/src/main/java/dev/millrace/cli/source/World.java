package dev.millrace.cli.source;

import dev.millrace.KafkaFunction;
import dev.millrace.cli.source.CompiledClasses.CompiledClass;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/// Classes that are compiled together and see each other, loaded by one loader. Immutable.
///
/// @param functions the classes with functions
/// @param tests the classes with tests, where they are wanted
/// @param loader the loader of all its classes
/// @param version twelve hexadecimal digits that are others when a source or a library is another
/// @param sourceByClass the source of each compiled class, by the class's name
record World(
    List<Class<?>> functions,
    List<Class<?>> tests,
    AuthorClassLoader loader,
    String version,
    Map<String, Path> sourceByClass) {
  private static final String ANNOTATION =
      "L" + KafkaFunction.class.getName().replace('.', '/') + ";";

  /// Compiles what is not in the cache, and loads it.
  ///
  /// @param dependencies the jars that the files ask for
  /// @param tests whether there may be tests, which use more than functions do
  /// @throws SetupException with everything that is wrong
  static World load(AuthorFiles files, List<Path> dependencies, Path cacheFolder, boolean tests) {
    List<SourceFile> sources = files.sources();
    List<Path> libraries =
        Stream.concat(files.libraries().stream(), dependencies.stream()).toList();
    String hash = hash(sources, libraries);
    CompiledClasses compiled =
        sources.isEmpty()
            ? new CompiledClasses(List.of())
            : compile(files, libraries, hash, cacheFolder, tests);
    Map<String, byte[]> bytes = new HashMap<>();
    Map<String, Path> sourceByClass = new HashMap<>();
    List<String> candidates = new ArrayList<>();
    List<String> testNames = new ArrayList<>();
    for (CompiledClass one : compiled.classes()) {
      bytes.put(one.name(), one.bytes());
      sourceByClass.put(one.name(), sources.get(one.source()).path());
      if (one.source() < files.named()) {
        addIfAnnotated(candidates, one.name(), one.bytes());
        if (tests && contains(one.bytes(), TestLibraries.ANNOTATIONS)) {
          testNames.add(one.name());
        }
      }
    }
    for (Path library : files.libraries()) {
      addAnnotated(candidates, library);
    }
    AuthorClassLoader loader =
        new AuthorClassLoader(bytes, libraries, tests, tests ? folders(sources) : Set.of());
    try {
      return new World(
          functionClasses(candidates, loader),
          testClasses(testNames, loader),
          loader,
          hash.substring(0, 12),
          sourceByClass);
    } catch (Throwable e) {
      close(loader);
      throw e;
    }
  }

  private static Set<Path> folders(List<SourceFile> sources) {
    Set<Path> folders = new LinkedHashSet<>();
    sources.forEach(source -> folders.add(source.path().toAbsolutePath().resolveSibling("")));
    return folders;
  }

  /// The source of a class of this world.
  Optional<Path> sourceOf(Class<?> type) {
    return type.getClassLoader() == loader
        ? Optional.ofNullable(sourceByClass.get(type.getName()))
        : Optional.empty();
  }

  /// The names that its exceptions can have.
  ThrownNames thrown() {
    return new ThrownNames(loader, sourceByClass.keySet());
  }

  /// Closes the jars. Classes not loaded so far can no longer be.
  void close() {
    close(loader);
  }

  private static void close(AuthorClassLoader loader) {
    try {
      loader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CompiledClasses compile(
      AuthorFiles files, List<Path> libraries, String hash, Path cacheFolder, boolean tests) {
    List<Path> classPath = classPath(libraries, tests);
    var cache = new ClassCache(cacheFolder.resolve("classes"));
    String key = key(hash, classPath(List.of(), tests));
    return cache
        .find(key)
        .orElseGet(() -> {
          CompiledClasses compiled = new SourceCompiler(classPath).compile(files.sources());
          cache.keep(key, compiled);
          return compiled;
        });
  }

  /// Compiles without the cache.
  static CompiledClasses compile(List<SourceFile> sources, List<Path> libraries) {
    return new SourceCompiler(classPath(libraries, false)).compile(sources);
  }

  private static List<Path> classPath(List<Path> libraries, boolean tests) {
    List<Path> classPath = new ArrayList<>();
    classPath.add(placeOf(KafkaFunction.class));
    classPath.add(placeOf(NullMarked.class));
    if (tests) {
      TestLibraries.places().forEach(type -> classPath.add(placeOf(type)));
    }
    classPath.addAll(libraries);
    return classPath;
  }

  /// A hash of everything the compiler's result depends on.
  ///
  /// @param author that of what the author wrote and uses
  /// @param ours what else is on the class path
  private static String key(String author, List<Path> ours) {
    MessageDigest hash = sha256();
    add(hash, Runtime.version().toString());
    add(hash, author);
    addFiles(hash, ours);
    return HexFormat.of().formatHex(hash.digest());
  }

  /// A hash of what the author wrote and uses.
  private static String hash(List<SourceFile> sources, List<Path> libraries) {
    MessageDigest hash = sha256();
    for (SourceFile source : sources) {
      add(hash, source.name());
      add(hash, source.text());
    }
    addFiles(hash, libraries);
    return HexFormat.of().formatHex(hash.digest());
  }

  private static void addFiles(MessageDigest hash, List<Path> classPath) {
    for (Path entry : classPath) {
      try {
        List<Path> files =
            Files.isDirectory(entry) ? AuthorFiles.classFilesBelow(entry) : List.of(entry);
        for (Path file : files) {
          hash.update(Files.readAllBytes(file));
        }
      } catch (IOException e) {
        throw unreadable(entry, e);
      }
    }
  }

  private static SetupException unreadable(Path library, IOException e) {
    return new SetupException(
        library.toString(), "cannot be read: " + e.getMessage(), "Build the jar again");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void add(MessageDigest hash, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    hash.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    hash.update(bytes);
  }

  private static Path placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of " + type + " is no file", e);
    }
  }

  private static void addAnnotated(List<String> candidates, Path library) {
    try {
      if (Files.isDirectory(library)) {
        for (Path file : AuthorFiles.classFilesBelow(library)) {
          String name = library.relativize(file).toString();
          addIfAnnotated(candidates, className(name), Files.readAllBytes(file));
        }
        return;
      }
      try (var jar = new JarFile(library.toFile())) {
        for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
          JarEntry entry = all.nextElement();
          if (entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF/")) {
            try (InputStream in = jar.getInputStream(entry)) {
              addIfAnnotated(candidates, className(entry.getName()), in.readAllBytes());
            }
          }
        }
      }
    } catch (IOException e) {
      throw unreadable(library, e);
    }
  }

  private static String className(String file) {
    return file.substring(0, file.length() - ".class".length())
        .replace('/', '.')
        .replace('\\', '.');
  }

  /// A class whose file does not contain the annotation's name has no functions: most classes of a
  /// large jar need not be loaded to know.
  private static void addIfAnnotated(List<String> candidates, String name, byte[] bytes) {
    if (contains(bytes, ANNOTATION)) {
      candidates.add(name);
    }
  }

  private static boolean contains(byte[] classFile, String name) {
    return new String(classFile, StandardCharsets.ISO_8859_1).contains(name);
  }

  private static List<Class<?>> testClasses(List<String> names, ClassLoader loader) {
    List<Class<?>> found = new ArrayList<>();
    for (String name : names) {
      try {
        found.add(Class.forName(name, false, loader));
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException("the compiler made " + name, e);
      }
    }
    return List.copyOf(found);
  }

  private static List<Class<?>> functionClasses(List<String> candidates, ClassLoader loader) {
    List<Class<?>> found = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (String name : candidates) {
      try {
        Class<?> type = Class.forName(name, false, loader);
        if (Arrays.stream(type.getDeclaredMethods()).anyMatch(World::isFunction)) {
          found.add(type);
        }
      } catch (ClassNotFoundException | LinkageError e) {
        problems.add(
            new Problem(
                name,
                "cannot be loaded: " + e,
                "Pack what it needs into its jar, or name that jar too"));
      }
    }
    if (!problems.isEmpty()) {
      throw new SetupException(problems);
    }
    return List.copyOf(found);
  }

  private static boolean isFunction(Method method) {
    return method.isAnnotationPresent(KafkaFunction.class);
  }
}
