package dev.millrace.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Where to begin to read.
sealed interface ReadFrom {
  /// At the oldest record that is still there.
  record Earliest() implements ReadFrom {}

  /// Behind the newest record.
  record Latest() implements ReadFrom {}

  /// At this offset of each partition.
  record Offset(long offset) implements ReadFrom {}

  /// At the first record of this time or later.
  record Time(Instant time) implements ReadFrom {}

  /// Reads what a person writes: `earliest`, `latest`, an offset, a time (with its zone, or in the
  /// zone of this machine) or how far back from now (`90s`, `15m`, `2h`, `3d`).
  final class Parser implements ITypeConverter<ReadFrom> {
    private static final Pattern AGE = Pattern.compile("([0-9]{1,9})(s|m|h|d)");
    private static final List<Function<String, Instant>> TIMES =
        List.of(
            text -> OffsetDateTime.parse(text).toInstant(),
            text -> LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant(),
            text -> LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant(),
            text -> Instant.now().minus(Duration.parse(text)));

    @Override
    public ReadFrom convert(String text) {
      String word = text.strip().toLowerCase(Locale.ROOT);
      if (word.equals("earliest")) {
        return new Earliest();
      }
      if (word.equals("latest")) {
        return new Latest();
      }
      if (word.matches("[0-9]{1,18}")) {
        return new Offset(Long.parseLong(word));
      }
      return time(text)
          .<ReadFrom>map(Time::new)
          .orElseThrow(() ->
              new TypeConversionException(
                  "'"
                      + text
                      + "' is none of earliest, latest, an offset, a time as"
                      + " 2026-01-31T12:00:00Z, or how far back as 15m, 2h, 3d"));
    }

    /// The time a person writes, if it is one.
    static Optional<Instant> time(String text) {
      Matcher age = AGE.matcher(text.strip().toLowerCase(Locale.ROOT));
      if (age.matches()) {
        return Optional.of(Instant.now().minus(age(Long.parseLong(age.group(1)), age.group(2))));
      }
      String time = text.strip().replace(' ', 'T').toUpperCase(Locale.ROOT);
      return TIMES.stream().flatMap(parse -> attempt(parse, time)).findFirst();
    }

    private static Duration age(long count, String unit) {
      return switch (unit) {
        case "s" -> Duration.ofSeconds(count);
        case "m" -> Duration.ofMinutes(count);
        case "h" -> Duration.ofHours(count);
        default -> Duration.ofDays(count);
      };
    }

    private static Stream<Instant> attempt(Function<String, Instant> parse, String text) {
      try {
        return Optional.of(parse.apply(text)).stream();
      } catch (DateTimeException | ArithmeticException e) {
        return Stream.empty(); // Another of the spellings may fit.
      }
    }
  }
}
