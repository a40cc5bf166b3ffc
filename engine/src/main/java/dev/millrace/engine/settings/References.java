package dev.millrace.engine.settings;

import dev.millrace.engine.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// References to secrets in the values of Kafka's client settings: `${env:NAME}`, and
/// `${file:/path}` whose last line break does not count.
final class References {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(\\w+):([^}]*)}");

  private References() {}

  /// Whether the text holds a reference.
  static boolean in(String text) {
    return REFERENCE.matcher(text).find();
  }

  /// Whether the text is a reference and nothing else.
  static boolean isOne(String text) {
    return REFERENCE.matcher(text.strip()).matches();
  }

  /// The environment variables that a text refers to.
  static Set<String> variables(String text) {
    return REFERENCE
        .matcher(text)
        .results()
        .filter(match -> match.group(1).equals("env"))
        .map(match -> match.group(2))
        .collect(Collectors.toSet());
  }

  /// The text with what its references stand for; what is missing is added to the problems.
  ///
  /// @param quoted what becomes of a secret that stands within a longer text
  static String resolve(
      Entry entry,
      Map<String, String> environment,
      UnaryOperator<String> quoted,
      List<Problem> problems) {
    UnaryOperator<String> finish = isOne(entry.text()) ? text -> text : quoted;
    return REFERENCE
        .matcher(entry.text())
        .replaceAll(match ->
            Matcher.quoteReplacement(finish.apply(lookUp(match, entry, environment, problems))));
  }

  private static String lookUp(
      MatchResult match, Entry entry, Map<String, String> environment, List<Problem> problems) {
    String name = match.group(2);
    switch (match.group(1)) {
      case "env" -> {
        String value = environment.get(name);
        if (value != null) {
          return value;
        }
        problems.add(
            new Problem(
                entry.where(),
                "the environment variable " + name + " is not set",
                "Set it, or refer to another secret"));
      }
      case "file" -> {
        Path file = entry.folder().resolve(name);
        try {
          return Files.readString(file).replaceFirst("\\R\\z", "");
        } catch (IOException unreadable) {
          problems.add(
              new Problem(
                  entry.where(),
                  "the file "
                      + file
                      + (Files.exists(file)
                          ? " cannot be read (" + unreadable.getClass().getSimpleName() + ")"
                          : " is not there"),
                  "Create it, or refer to another secret"));
        }
      }
      default ->
          problems.add(
              new Problem(
                  entry.where(),
                  "'" + match.group() + "' is no reference that Millrace knows",
                  "Write ${env:NAME} or ${file:/path}"));
    }
    return "";
  }
}
