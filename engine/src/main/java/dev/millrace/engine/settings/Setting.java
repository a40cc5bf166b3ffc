package dev.millrace.engine.settings;

import java.util.Locale;
import java.util.regex.Pattern;

/// One thing that can be set: everything that files, flags, variables, annotations and the
/// reference page need to know about it. [Catalogue] has them all.
///
/// @param key its name in files, in kebab-case
/// @param scope what it belongs to
/// @param type how its text is read
/// @param fallback the default
/// @param absence what the default means where its text is empty; empty = the text says it
/// @param annotated whether `@KafkaFunction` has it too, in camelCase
/// @param sentence what it is, without the full stop
public record Setting<T>(
    String key,
    Scope scope,
    ValueType<T> type,
    T fallback,
    String absence,
    boolean annotated,
    String sentence) {
  private static final Pattern NEXT_WORD = Pattern.compile("-(.)");

  /// What a setting belongs to.
  public enum Scope {
    /// A function; can be set for all of them or for one.
    FUNCTION("Functions"),
    /// The engine of a process.
    ENGINE("Engine"),
    /// What the platform's owner can replace by a plug-in.
    PLATFORM("Replaceable parts"),
    /// The HTTP server with metrics and health.
    SERVER("Metrics and health"),
    /// The cluster and how it is reached.
    CLUSTER("Cluster");

    private final String title;

    Scope(String title) {
      this.title = title;
    }

    /// The words for a heading.
    public String title() {
      return title;
    }
  }

  /// Its flag, such as `--batch-size`.
  public String flag() {
    return "--" + key;
  }

  /// Its environment variable, such as `MILLRACE_BATCH_SIZE`.
  public String variable() {
    return "MILLRACE_" + key.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /// Its name in `@KafkaFunction`, such as `batchSize`.
  public String member() {
    return NEXT_WORD.matcher(key).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
  }

  /// The default as text; where that would be empty, what it means.
  public String printedFallback() {
    String text = type.printer().apply(fallback);
    return text.isEmpty() ? absence : text;
  }

  /// Refuses a value that is not allowed with an [IllegalArgumentException].
  void check(T value) {
    if (!type.allowed().test(value)) {
      throw new IllegalArgumentException(
          key + " must be " + type.expected() + ", not " + type.printer().apply(value));
    }
  }
}
