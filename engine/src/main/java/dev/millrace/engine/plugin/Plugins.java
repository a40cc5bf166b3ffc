package dev.millrace.engine.plugin;

import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.PluginSettings.Chosen;
import dev.millrace.engine.settings.PluginSettings.NamedJar;
import dev.millrace.plugin.Delivery;
import dev.millrace.plugin.Format;
import dev.millrace.plugin.Validator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The format, the validator and the delivery that hold. Close it when nothing uses them any more.
///
/// @param format how values are written in Kafka
/// @param validator whether an output is what was declared
/// @param delivery how outputs leave
/// @param jars the loaders of the jars they may come from
public record Plugins(
    Format format, Validator validator, Delivery delivery, List<URLClassLoader> jars)
    implements AutoCloseable {
  /// Finds those that the settings name: Millrace's own, and those of the jars. Each jar has a
  /// loader of its own, which shows it the JDK, `dev.millrace` and `dev.millrace.plugin`.
  ///
  /// @throws SetupException with everything that is wrong: jars that bring nothing, names that are
  ///   nobody's or somebody else's
  public static Plugins find(PluginSettings settings) {
    List<URLClassLoader> jars = new ArrayList<>();
    try {
      return find(settings, jars);
    } catch (Throwable e) {
      close(jars);
      throw e;
    }
  }

  /// @param jars gets each loader as it is opened
  private static Plugins find(PluginSettings settings, List<URLClassLoader> jars) {
    List<Problem> problems = new ArrayList<>();
    Parts<Format> formats = new Parts<>(Format.class, Format::name, problems);
    Parts<Validator> validators = new Parts<>(Validator.class, Validator::name, problems);
    Parts<Delivery> deliveries = new Parts<>(Delivery.class, Delivery::name, problems);
    for (Parts<?> parts : List.of(formats, validators, deliveries)) {
      parts.add("Millrace itself", Plugins.class.getClassLoader());
    }
    for (NamedJar jar : settings.jars()) {
      if (!Files.isReadable(jar.file())) {
        problems.add(
            new Problem(
                jar.where(),
                "The plug-in " + jar.file() + " is not there or cannot be read",
                "Correct the path: it is relative to the file that names it"));
        continue;
      }
      URLClassLoader loader =
          new URLClassLoader("plug-in", new URL[] {url(jar)}, new SharedClasses());
      jars.add(loader);
      int before = formats.size() + validators.size() + deliveries.size() + problems.size();
      for (Parts<?> parts : List.of(formats, validators, deliveries)) {
        parts.add(jar.where(), loader);
      }
      if (formats.size() + validators.size() + deliveries.size() + problems.size() == before) {
        problems.add(
            new Problem(
                jar.where(),
                "The plug-in " + jar.file() + " brings no format, validator or delivery",
                "Name its class in META-INF/services/dev.millrace.plugin.Format, or ...Validator or"
                    + " ...Delivery"));
      }
    }
    Format format = formats.chosen(settings.format());
    Validator validator = validators.chosen(settings.validator());
    Delivery delivery = deliveries.chosen(settings.delivery());
    if (format == null || validator == null || delivery == null || !problems.isEmpty()) {
      throw new SetupException(problems);
    }
    return new Plugins(format, validator, delivery, List.copyOf(jars));
  }

  /// Millrace's own.
  public static Plugins ours() {
    return find(PluginSettings.defaults());
  }

  @Override
  public void close() {
    close(jars);
  }

  private static void close(List<URLClassLoader> jars) {
    for (URLClassLoader jar : jars) {
      try {
        jar.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static URL url(NamedJar jar) {
    try {
      return jar.file().toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(jar.file().toString(), e);
    }
  }

  /// The implementations of one interface by their names.
  private static final class Parts<T> {
    private final Class<T> type;
    private final Function<T, String> name;
    private final List<Problem> problems;
    private final Map<String, T> parts = new LinkedHashMap<>();

    Parts(Class<T> type, Function<T, String> name, List<Problem> problems) {
      this.type = type;
      this.name = name;
      this.problems = problems;
    }

    int size() {
      return parts.size();
    }

    void add(String where, @Nullable ClassLoader loader) {
      try {
        for (T part : ServiceLoader.load(type, loader)) {
          if (parts.putIfAbsent(name.apply(part), part) != null) {
            problems.add(
                new Problem(
                    where,
                    "There is a " + word() + " '" + name.apply(part) + "' already",
                    "Give the one of " + part.getClass().getName() + " another name"));
          }
        }
      } catch (ServiceConfigurationError e) {
        String reason = e.getCause() == null ? "" : ": " + e.getCause();
        problems.add(
            new Problem(
                where,
                "A " + word() + " cannot be created: " + e.getMessage() + reason,
                "Give it a public class with a public constructor without parameters"));
      } catch (LinkageError e) {
        problems.add(
            new Problem(
                where,
                "A " + word() + " cannot be loaded: " + e,
                "Compile it for Java "
                    + Runtime.version().feature()
                    + " or older, and put everything it needs into its jar"));
      }
    }

    @Nullable T chosen(Chosen chosen) {
      T part = parts.get(chosen.name());
      if (part == null) {
        problems.add(
            new Problem(
                chosen.where(),
                "There is no " + word() + " '" + chosen.name() + "'",
                NearestName.of(chosen.name(), parts.keySet())
                    .map(near -> "Perhaps you meant '" + near + "'")
                    .orElseGet(() ->
                        "There is: "
                            + String.join(", ", parts.keySet())
                            + ". Others come with a jar under 'plugins' in platform.yaml")));
      }
      return part;
    }

    private String word() {
      return type.getSimpleName().toLowerCase(Locale.ROOT);
    }
  }
}
