package dev.millrace.engine.settings;

import dev.millrace.OnError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What becomes of messages that fail with an exception, as in `IOException=dead-letter after 2
/// retries`.
///
/// @param exception the simple or full name of its class, or of one above it; the nearest counts
/// @param retries how often to call again; empty for as often as for all others
/// @param then what becomes of the message then
public record ErrorRule(String exception, OptionalInt retries, OnError then) {
  private static final Pattern RULE =
      Pattern.compile(
          "([\\w$.]+)\\s*=\\s*(stop|dead-letter|skip)(?:\\s+after\\s+(\\d{1,7})\\s+retr(?:y|ies))?");

  /// Several with commas between; empty where one is none.
  static Optional<List<ErrorRule>> read(String text) {
    List<ErrorRule> rules = new ArrayList<>();
    for (String one : text.split("[,\\n]", -1)) {
      Matcher matcher = RULE.matcher(one.strip());
      if (!matcher.matches()) {
        return Optional.empty();
      }
      rules.add(
          new ErrorRule(
              matcher.group(1),
              matcher.group(3) == null
                  ? OptionalInt.empty()
                  : OptionalInt.of(Integer.parseInt(matcher.group(3))),
              action(matcher.group(2)).orElseThrow()));
    }
    return Optional.of(List.copyOf(rules));
  }

  static String print(List<ErrorRule> rules) {
    return rules.stream().map(ErrorRule::toString).collect(Collectors.joining(", "));
  }

  static Optional<OnError> action(String text) {
    for (OnError one : OnError.values()) {
      if (word(one).equals(text)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  /// As it is written in settings.
  public static String word(OnError action) {
    return ValueType.word(action);
  }

  @Override
  public String toString() {
    return exception
        + "="
        + word(then)
        + (retries.isEmpty()
            ? ""
            : " after " + retries.getAsInt() + (retries.getAsInt() == 1 ? " retry" : " retries"));
  }
}
