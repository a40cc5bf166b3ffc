package dev.millrace.cli;

import dev.millrace.engine.problem.SetupException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;

/// A name of several words in the spellings of the places where it stands.
///
/// @param words its words in lower case
record Names(List<String> words) {
  /// Reads `fraud-check`, `fraud_check`, `fraud.check` or `FraudCheck`.
  static Names of(String name) {
    List<String> words =
        Stream.of(name.split("[-_.\\s]+|(?<=[a-z0-9])(?=[A-Z])"))
            .filter(word -> !word.isEmpty())
            .map(word -> word.toLowerCase(Locale.ROOT))
            .toList();
    Names names = new Names(words);
    if (words.isEmpty()
        || !words.stream().allMatch(word -> word.matches("[a-z0-9]+"))
        || !SourceVersion.isName(names.type())) {
      throw new SetupException(
          "NAME",
          "'" + name + "' cannot be the name of a function and its file",
          "Use letters and digits, and begin with a letter: fraud-check or FraudCheck");
    }
    return names;
  }

  /// As functions and topics are written: `fraud-check`.
  String function() {
    return String.join("-", words);
  }

  /// As types are written: `FraudCheck`.
  String type() {
    return words.stream()
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .collect(Collectors.joining());
  }

  /// As methods are written: `fraudCheck`.
  String method() {
    String type = type();
    String method = type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1);
    return SourceVersion.isName(method) ? method : method + "Messages";
  }
}
