package dev.millrace.cli.source;

import dev.millrace.engine.plugin.SharedClasses;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.JavaFileManager.Location;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;

/// The types an author most likely means: those of the packages used every day, as the compiler
/// itself lists them.
final class KnownTypes {
  private static final List<String> OURS = List.of("dev.millrace", "org.jspecify.annotations");
  private static final List<String> JAVA =
      List.of(
          "java.lang",
          "java.util",
          "java.util.function",
          "java.util.stream",
          "java.util.concurrent",
          "java.time",
          "java.io",
          "java.math",
          "java.nio.file",
          "java.nio.charset");

  private final Map<String, List<String>> packagesByName;
  private final ClassLoader loader = new SharedClasses();

  private KnownTypes(Map<String, List<String>> packagesByName) {
    this.packagesByName = packagesByName;
  }

  /// Lists the packages through the compiler's own files: class path and module image.
  static KnownTypes read(StandardJavaFileManager files) throws IOException {
    Map<String, List<String>> found = new HashMap<>();
    for (String name : OURS) {
      add(found, files, StandardLocation.CLASS_PATH, name);
    }
    Location base = files.getLocationForModule(StandardLocation.SYSTEM_MODULES, "java.base");
    for (String name : JAVA) {
      add(found, files, base, name);
    }
    return new KnownTypes(found);
  }

  private static void add(
      Map<String, List<String>> found,
      StandardJavaFileManager files,
      Location location,
      String packageName)
      throws IOException {
    for (JavaFileObject file :
        files.list(location, packageName, Set.of(JavaFileObject.Kind.CLASS), false)) {
      String type = files.inferBinaryName(location, file);
      found
          .computeIfAbsent(
              type.substring(packageName.length() + 1), simpleName -> new ArrayList<>())
          .add(packageName);
    }
  }

  /// The package of the public type of this simple name; the first that comes to mind when there
  /// are several.
  Optional<String> packageOf(String simpleName) {
    return type(simpleName).map(Class::getPackageName);
  }

  /// The simple names of all types, also some that are not public.
  Set<String> names() {
    return packagesByName.keySet();
  }

  /// The packages they are in.
  static List<String> packages() {
    List<String> all = new ArrayList<>(OURS);
    all.addAll(JAVA);
    return all;
  }

  /// The public methods of the type of this simple name; none for an unknown type.
  Set<String> methodsOf(String simpleName) {
    return type(simpleName).stream()
        .flatMap(type -> Arrays.stream(type.getMethods()))
        .map(Method::getName)
        .collect(Collectors.toSet());
  }

  private Optional<Class<?>> type(String simpleName) {
    for (String packageName : packagesByName.getOrDefault(simpleName, List.of())) {
      try {
        Class<?> type = Class.forName(packageName + "." + simpleName, false, loader);
        if (Modifier.isPublic(type.getModifiers())) {
          return Optional.of(type);
        }
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException("the compiler listed " + simpleName, e);
      }
    }
    return Optional.empty();
  }
}
