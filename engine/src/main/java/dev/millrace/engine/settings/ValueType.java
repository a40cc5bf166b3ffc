package dev.millrace.engine.settings;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// How the text of a setting is read, checked and printed.
///
/// @param noun what the text must be, such as `a whole number`
/// @param range what of that is allowed, such as `from 1 to 100,000`; empty = all
/// @param example a text that is right
/// @param reader the value of a text; empty when it is not [#noun]
/// @param allowed whether a value is within [#range]
/// @param printer a text that reads as the value
record ValueType<T>(
    String noun,
    String range,
    String example,
    Function<String, Optional<T>> reader,
    Predicate<T> allowed,
    Function<T, String> printer) {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,18}) ?(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,18}) ?(b|kb|kib|mb|mib|gb|gib|)");

  /// Kafka has no times before 1970: what is further back means all there is.
  private static final Duration FURTHEST_BACK = Duration.ofDays(50 * 365);

  private static final List<Function<String, Instant>> TIMES =
      List.of(
          text -> OffsetDateTime.parse(text).toInstant(),
          text -> LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant(),
          text -> LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant());

  /// The value, or an [IllegalArgumentException] that says in a clause what is wrong.
  T read(String text) {
    T value =
        reader
            .apply(text.strip())
            .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not " + noun));
    if (!allowed.test(value)) {
      throw new IllegalArgumentException("'" + text + "' is out of range");
    }
    return value;
  }

  /// What is allowed, for a sentence that begins with *Give*.
  String expected() {
    return noun + (range.isEmpty() ? "" : " " + range);
  }

  static ValueType<Integer> wholeNumber(int least, int most, int example) {
    return new ValueType<>(
        "a whole number",
        most == Integer.MAX_VALUE
            ? String.format(Locale.ROOT, "of at least %,d", least)
            : String.format(Locale.ROOT, "from %,d to %,d", least, most),
        Integer.toString(example),
        text -> wholeNumber(text).map(Math::toIntExact),
        value -> value >= least && value <= most,
        value -> Integer.toString(value));
  }

  static ValueType<OptionalInt> optionalWholeNumber(int least, int most, int example) {
    ValueType<Integer> type = wholeNumber(least, most, example);
    return new ValueType<>(
        type.noun,
        type.range,
        type.example,
        text -> type.reader.apply(text).map(OptionalInt::of),
        value -> value.isEmpty() || type.allowed.test(value.getAsInt()),
        value -> value.isEmpty() ? "" : Integer.toString(value.getAsInt()));
  }

  /// A decimal fraction as Kafka's client settings have it.
  static ValueType<Double> fraction(double least, double most, String example) {
    return new ValueType<>(
        "a fraction",
        "from " + least + " to " + most,
        example,
        text -> {
          try {
            return Optional.of(Double.valueOf(text));
          } catch (NumberFormatException notOne) {
            return Optional.empty();
          }
        },
        value -> value >= least && value <= most,
        value -> Double.toString(value));
  }

  static ValueType<Duration> duration(String least, String most, String example) {
    Duration shortest = readDuration(least).orElseThrow();
    Duration longest = readDuration(most).orElseThrow();
    return new ValueType<>(
        "a duration",
        "from " + least + " to " + most,
        example,
        ValueType::readDuration,
        value -> value.compareTo(shortest) >= 0 && value.compareTo(longest) <= 0,
        ValueType::print);
  }

  static ValueType<Long> size(String least, String most, String example) {
    long smallest = readSize(least).orElseThrow();
    long largest = readSize(most).orElseThrow();
    return new ValueType<>(
        "a number of bytes",
        "from " + least + " to " + most,
        example,
        ValueType::readSize,
        value -> value >= smallest && value <= largest,
        ValueType::printSize);
  }

  static ValueType<String> text(String example) {
    return new ValueType<>("text", "", example, Optional::of, value -> true, value -> value);
  }

  static ValueType<String> oneOf(String... values) {
    List<String> all = List.of(values);
    return new ValueType<>(
        "one of " + String.join(", ", all),
        "",
        all.getFirst(),
        text -> all.contains(text) ? Optional.of(text) : Optional.empty(),
        value -> true,
        value -> value);
  }

  /// A constant of an enum, in lower case with hyphens.
  static <E extends Enum<E>> ValueType<E> constant(Class<E> type, E example) {
    Map<String, E> words =
        Arrays.stream(type.getEnumConstants())
            .collect(
                Collectors.toMap(ValueType::word, one -> one, (a, b) -> a, LinkedHashMap::new));
    return new ValueType<>(
        "one of " + String.join(", ", words.keySet()),
        "",
        word(example),
        text -> Optional.ofNullable(words.get(text)),
        value -> true,
        ValueType::word);
  }

  /// A constant as it is written in settings.
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static ValueType<List<ErrorRule>> errorRules() {
    return new ValueType<>(
        "a list of rules CLASS=stop, CLASS=dead-letter or CLASS=skip, each with 'after N retries'"
            + " or without",
        "",
        "IllegalArgumentException=dead-letter after 0 retries, IOException=stop",
        text -> text.isEmpty() ? Optional.of(List.of()) : ErrorRule.read(text),
        value -> true,
        ErrorRule::print);
  }

  /// Addresses as Kafka takes them: `host:port`, several with commas between.
  static ValueType<String> addresses() {
    return new ValueType<>(
        "host:port, or several with commas between",
        "",
        "localhost:9092",
        text -> {
          String joined =
              text.lines()
                  .flatMap(line -> List.of(line.split(",", -1)).stream())
                  .map(String::strip)
                  .collect(Collectors.joining(","));
          boolean right = List.of(joined.split(",", -1)).stream().allMatch(ValueType::isAddress);
          return right ? Optional.of(joined) : Optional.empty();
        },
        value -> true,
        value -> value);
  }

  static ValueType<Start> start() {
    return new ValueType<>(
        "earliest, latest, a time or how far back",
        "",
        "2026-01-31T00:00:00Z or 7d",
        text -> readStart(text).filter(start -> !(start instanceof Start.Offset)),
        value -> true,
        value ->
            switch (value) {
              case Start.Earliest() -> "earliest";
              case Start.Latest() -> "latest";
              case Start.At(Instant time) -> time.toString();
              case Start.Back(Duration age) -> print(age);
              case Start.Offset(long offset) -> Long.toString(offset);
            });
  }

  private static Optional<Long> wholeNumber(String text) {
    if (!text.matches("-?[0-9]{1,18}")) {
      return Optional.empty();
    }
    // Clamped, not refused: a number that is too large is a number out of range.
    return Optional.of(
        Math.clamp(Long.parseLong(text), (long) Integer.MIN_VALUE, (long) Integer.MAX_VALUE));
  }

  private static boolean isAddress(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1 || text.chars().anyMatch(Character::isWhitespace) || text.contains("/")) {
      return false;
    }
    return wholeNumber(text.substring(colon + 1))
        .filter(port -> port >= 1 && port <= 65_535)
        .isPresent();
  }

  /// As [Start#read].
  static Optional<Start> readStart(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "earliest" -> Optional.of(new Start.Earliest());
      case "latest" -> Optional.of(new Start.Latest());
      default ->
          readOffset(text)
              .<Start>map(Start.Offset::new)
              .or(() -> readInstant(text).map(Start.At::new))
              .or(() ->
                  readDuration(text)
                      .filter(Duration::isPositive)
                      .map(age -> new Start.Back(shorter(age, FURTHEST_BACK))));
    };
  }

  private static Duration shorter(Duration age, Duration furthest) {
    return age.compareTo(furthest) < 0 ? age : furthest;
  }

  private static Optional<Long> readOffset(String text) {
    return text.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
  }

  /// A time with its zone, or on the clock of this machine; a date is its midnight.
  private static Optional<Instant> readInstant(String text) {
    String time = text.replace(' ', 'T').toUpperCase(Locale.ROOT);
    return TIMES.stream()
        .flatMap(spelling -> attempt(spelling, time).stream())
        .map(instant -> instant.isBefore(Instant.EPOCH) ? Instant.EPOCH : instant)
        .findFirst();
  }

  private static Optional<Instant> attempt(Function<String, Instant> spelling, String time) {
    try {
      Instant instant = spelling.apply(time);
      return Optional.of(Instant.ofEpochMilli(instant.toEpochMilli()));
    } catch (DateTimeException | ArithmeticException notThis) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> readDuration(String text) {
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    Matcher matcher = DURATION.matcher(text.toLowerCase(Locale.ROOT));
    try {
      if (!matcher.matches()) {
        return Optional.of(Duration.parse(text));
      }
      long number = Long.parseLong(matcher.group(1));
      return Optional.of(
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
          });
    } catch (DateTimeException | ArithmeticException notOne) {
      return Optional.empty();
    }
  }

  private static String print(Duration duration) {
    if (duration.isZero()) {
      return "0";
    }
    if (!duration.equals(duration.truncatedTo(ChronoUnit.MILLIS))) {
      return duration.toString();
    }
    long millis = duration.toMillis();
    return millis % 86_400_000 == 0
        ? millis / 86_400_000 + "d"
        : millis % 3_600_000 == 0
            ? millis / 3_600_000 + "h"
            : millis % 60_000 == 0
                ? millis / 60_000 + "m"
                : millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }

  private static Optional<Long> readSize(String text) {
    Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long unit =
        switch (matcher.group(2)) {
          case "kb" -> 1_000;
          case "kib" -> 1L << 10;
          case "mb" -> 1_000_000;
          case "mib" -> 1L << 20;
          case "gb" -> 1_000_000_000;
          case "gib" -> 1L << 30;
          default -> 1;
        };
    long number = Long.parseLong(matcher.group(1));
    return Optional.of(number > Long.MAX_VALUE / unit ? Long.MAX_VALUE : number * unit);
  }

  private static String printSize(long bytes) {
    if (bytes % (1L << 30) == 0) {
      return (bytes >> 30) + "GiB";
    }
    if (bytes % (1L << 20) == 0) {
      return (bytes >> 20) + "MiB";
    }
    return bytes % (1L << 10) == 0 ? (bytes >> 10) + "KiB" : bytes + "B";
  }
}
