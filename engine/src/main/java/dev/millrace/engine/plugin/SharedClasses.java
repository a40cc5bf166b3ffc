package dev.millrace.engine.plugin;

import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Shows the JDK, and of our class path exactly the packages that are made for code from elsewhere:
/// authors' and plug-ins'. The parent of their loaders.
public final class SharedClasses extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final Set<String> PACKAGES =
      Set.of("dev.millrace", "dev.millrace.plugin", "org.jspecify.annotations");

  private final @Nullable ClassLoader ours = SharedClasses.class.getClassLoader();

  private final Predicate<String> more;

  /// A loader of nothing of its own.
  public SharedClasses() {
    this(_ -> false);
  }

  /// The same.
  ///
  /// @param more which further packages of our class path it shows
  public SharedClasses(Predicate<String> more) {
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
