package dev.millrace.cli.source;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The classes of an author: compiled ones from memory, the others from their jars and folders.
///
/// Its parent shows the JDK and what authors import. Nothing else of Millrace's own class path is
/// seen, so an author's libraries never meet ours.
final class AuthorClassLoader extends URLClassLoader {
  static {
    registerAsParallelCapable();
  }

  private final Map<String, byte[]> compiled;
  private final Set<Path> folders;

  /// @param tests whether they may use what tests are written with
  /// @param folders where tests find files, as they would beside their classes
  AuthorClassLoader(
      Map<String, byte[]> compiled, List<Path> libraries, boolean tests, Set<Path> folders) {
    super(
        "author",
        libraries.stream().map(AuthorClassLoader::url).toArray(URL[]::new),
        new Shared(tests ? TestLibraries::shows : _ -> false));
    this.compiled = compiled;
    this.folders = folders;
  }

  @Override
  public @Nullable URL findResource(String name) {
    URL found = super.findResource(name);
    if (found != null) {
      return found;
    }
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isRegularFile)
        .findFirst()
        .map(AuthorClassLoader::url)
        .orElse(null);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte @Nullable [] bytes = compiled.get(name);
    return bytes == null ? super.findClass(name) : defineClass(name, bytes, 0, bytes.length);
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(file.toString(), e);
    }
  }

  /// Shows the JDK, and of our class path exactly these packages.
  static final class Shared extends ClassLoader {
    static {
      registerAsParallelCapable();
    }

    private static final Set<String> PACKAGES = Set.of("dev.millrace", "org.jspecify.annotations");

    private final @Nullable ClassLoader ours = AuthorClassLoader.class.getClassLoader();
    private final Predicate<String> more;

    Shared() {
      this(_ -> false);
    }

    /// @param more further packages to show
    Shared(Predicate<String> more) {
      super("shared", ClassLoader.getPlatformClassLoader());
      this.more = more;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      String packageName = name.substring(0, Math.max(0, name.lastIndexOf('.')));
      return PACKAGES.contains(packageName) || more.test(packageName)
          ? Class.forName(name, false, ours)
          : super.loadClass(name, resolve);
    }
  }
}
