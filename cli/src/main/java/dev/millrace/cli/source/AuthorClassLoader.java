package dev.millrace.cli.source;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  AuthorClassLoader(Map<String, byte[]> compiled, List<Path> libraries) {
    super(
        "author", libraries.stream().map(AuthorClassLoader::url).toArray(URL[]::new), new Shared());
    this.compiled = compiled;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte @Nullable [] bytes = compiled.get(name);
    return bytes == null ? super.findClass(name) : defineClass(name, bytes, 0, bytes.length);
  }

  private static URL url(Path library) {
    try {
      return library.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(library.toString(), e);
    }
  }

  /// Shows the JDK, and of our class path exactly these packages.
  static final class Shared extends ClassLoader {
    static {
      registerAsParallelCapable();
    }

    private static final Set<String> PACKAGES = Set.of("dev.millrace", "org.jspecify.annotations");

    private final @Nullable ClassLoader ours = AuthorClassLoader.class.getClassLoader();

    Shared() {
      super("shared", ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      String packageName = name.substring(0, Math.max(0, name.lastIndexOf('.')));
      return PACKAGES.contains(packageName)
          ? Class.forName(name, false, ours)
          : super.loadClass(name, resolve);
    }
  }
}
