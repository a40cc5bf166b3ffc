package dev.millrace.cli;

import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.deadletters.StoredLetter;
import dev.millrace.engine.settings.Start;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Which dead letters are meant.
final class LetterFilter implements Predicate<StoredLetter> {
  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "Only those from this topic, or in this dead-letter topic.")
  private @Nullable String topic;

  @Option(
      names = {"--error", "--filter"},
      paramLabel = "TEXT",
      description = "Only those whose error, message or fingerprint contains this text.")
  private @Nullable String error;

  @Option(
      names = "--since",
      paramLabel = "WHEN",
      converter = Since.class,
      description = "Only those given up since then: a time, or how far back (15m, 2h, 3d).")
  private @Nullable Instant since;

  /// Reads a time, or how far back one is.
  static final class Since implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      return Start.read(text)
          .flatMap(where -> where.time(Instant.now()))
          .orElseThrow(() ->
              new TypeConversionException(
                  "'"
                      + text
                      + "' is neither a time as 2026-01-31T12:00:00Z nor how far back as 15m, 2h,"
                      + " 3d"));
    }
  }

  /// Those of these dead-letter topics that can hold one.
  List<String> topics(List<String> names) {
    return names.stream()
        .filter(name -> topic == null || name.equals(topic) || name.startsWith(topic + "."))
        .toList();
  }

  @Override
  public boolean test(StoredLetter stored) {
    DeadLetter letter = stored.letter();
    return (topic == null || topic.equals(letter.topic()) || topic.equals(stored.id().topic()))
        && (since == null || !letter.last().isBefore(since))
        && (error == null
            || contains(letter.error())
            || contains(letter.message())
            || contains(letter.fingerprint()));
  }

  private boolean contains(String text) {
    return error != null && text.toLowerCase(Locale.ROOT).contains(error.toLowerCase(Locale.ROOT));
  }
}
