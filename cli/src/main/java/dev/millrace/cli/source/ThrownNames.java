package dev.millrace.cli.source;

import dev.millrace.engine.problem.NearestName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/// The names that exceptions thrown by an author's code can have: its own, those of its libraries,
/// and those of the JDK. Looks no further than it must: most names are those of everyday.
public final class ThrownNames {
  private static final List<String> EVERYDAY =
      List.of(
          "java.lang",
          "java.io",
          "java.util",
          "java.util.concurrent",
          "java.net",
          "java.nio.file",
          "java.sql",
          "java.time",
          "dev.millrace",
          "dev.millrace.plugin");

  /// What the engine itself takes for the fault of a message.
  private static final List<String> OURS =
      List.of("dev.millrace.engine.call", "org.apache.kafka.common.errors");

  private final URLClassLoader loader;
  private final Set<String> compiled;

  /// @param compiled the binary names of the classes that were compiled
  ThrownNames(URLClassLoader loader, Set<String> compiled) {
    this.loader = loader;
    this.compiled = compiled;
  }

  /// Whether a class has this name.
  ///
  /// @param name simple or full
  public boolean has(String name) {
    return isClass(name, loader)
        || EVERYDAY.stream().anyMatch(place -> isClass(place + "." + name, loader))
        || OURS.stream()
            .anyMatch(place -> isClass(place + "." + name, ThrownNames.class.getClassLoader()))
        || names(compiled.stream()).contains(name)
        || names(libraries()).contains(name)
        || names(jdk()).contains(name);
  }

  /// The name of an exception that was probably meant.
  public Optional<String> nearest(String name) {
    Set<String> known = new TreeSet<>();
    Stream.of(compiled.stream(), libraries(), jdk())
        .flatMap(some -> names(some).stream())
        .filter(each -> each.endsWith("Exception") || each.endsWith("Error"))
        .filter(each -> each.contains(".") == name.contains("."))
        .forEach(known::add);
    return NearestName.of(name, known);
  }

  private static boolean isClass(String name, ClassLoader loader) {
    String binary = name;
    while (true) {
      try {
        Class.forName(binary, false, loader);
        return true;
      } catch (ClassNotFoundException | LinkageError e) {
        // The name of a nested class may be written with a dot.
        int dot = binary.lastIndexOf('.');
        if (dot < 0) {
          return false;
        }
        binary = binary.substring(0, dot) + "$" + binary.substring(dot + 1);
      }
    }
  }

  /// As they can be written: the full name, with dots where a class is nested, and the simple one.
  private static Set<String> names(Stream<String> binary) {
    Set<String> names = new TreeSet<>();
    binary.forEach(name -> {
      names.add(name);
      names.add(name.replace('$', '.'));
      names.add(name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1));
    });
    return names;
  }

  private Stream<String> libraries() {
    return Stream.of(loader.getURLs()).flatMap(ThrownNames::library);
  }

  private static Stream<String> library(URL url) {
    try {
      Path place = Path.of(url.toURI());
      if (Files.isDirectory(place)) {
        return AuthorFiles.classFilesBelow(place).stream()
            .map(file -> binary(place.relativize(file).toString()));
      }
      try (JarFile jar = new JarFile(place.toFile())) {
        return jar.stream()
            .map(entry -> entry.getName())
            .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
            .map(ThrownNames::binary)
            .toList()
            .stream();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of a library is no file: " + url, e);
    }
  }

  private static Stream<String> jdk() {
    return ModuleFinder.ofSystem().findAll().stream().flatMap(ThrownNames::module);
  }

  private static Stream<String> module(ModuleReference module) {
    try (ModuleReader reader = module.open()) {
      return reader
          .list()
          .filter(name -> name.endsWith("Exception.class") || name.endsWith("Error.class"))
          .map(ThrownNames::binary)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String binary(String file) {
    return file.substring(0, file.length() - ".class".length())
        .replace('/', '.')
        .replace('\\', '.');
  }
}
