package dev.millrace.cli.source;

import dev.millrace.engine.plugin.SharedClasses;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
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
  private final Set<Path> folders;

  /// @param tests whether they may use what tests are written with
  /// @param folders where tests find files, as they would beside their classes
  AuthorClassLoader(
      Map<String, byte[]> compiled, List<Path> libraries, boolean tests, Set<Path> folders) {
    super(
        "author",
        libraries.stream().map(AuthorClassLoader::url).toArray(URL[]::new),
        tests ? new SharedClasses(TestLibraries::shows) : new SharedClasses());
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
}
