package dev.millrace.engine.settings;

import dev.millrace.engine.problem.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads `MILLRACE_BATCH_SIZE`, `MILLRACE_KAFKA_SECURITY_PROTOCOL` and, for one function,
/// `MILLRACE_FUNCTIONS__HELLO_WORLD__BATCH_SIZE`. An empty variable is one that is not set.
final class EnvironmentVariables {
  private static final String PREFIX = "MILLRACE_";
  private static final String FUNCTIONS = PREFIX + "FUNCTIONS__";

  private static final Spelling TOP =
      new Spelling(
          setting -> true,
          Setting::variable,
          PREFIX + "KAFKA_",
          name -> name.replace('.', '_').toUpperCase(Locale.ROOT));
  private static final Spelling OF_FUNCTION =
      new Spelling(
          setting -> setting.scope() == Setting.Scope.FUNCTION,
          setting -> setting.variable().substring(PREFIX.length()),
          "",
          name -> name);

  /// Read before there are settings: where compiled functions are kept.
  private static final Set<String> NOT_SETTINGS = Set.of("MILLRACE_CACHE");

  /// Kubernetes puts such variables into every container, for every service of the namespace, also
  /// for one that is called `millrace`.
  private static final Pattern OF_A_SERVICE =
      Pattern.compile(".*_SERVICE_HOST|.*_SERVICE_PORT(_.*)?|.*_PORT_\\d+_(TCP|UDP|SCTP)(_.*)?");

  private static final Pattern ADDRESS_OF_A_SERVICE = Pattern.compile("(tcp|udp|sctp)://.*");

  private EnvironmentVariables() {}

  /// What these variables set; adds what is wrong with their names to the problems.
  ///
  /// @param functions the names of the functions that run
  /// @param secrets variables that other settings refer to, whatever their name
  static List<Entry> entries(
      Map<String, String> environment,
      List<String> functions,
      Set<String> secrets,
      List<Problem> problems) {
    List<Entry> entries = new ArrayList<>();
    new TreeMap<>(environment)
        .forEach((name, text) -> {
          if (name.startsWith(FUNCTIONS)) {
            entries.addAll(ofFunction(name, text, functions, problems));
          } else if (isSetting(name, text) && !secrets.contains(name)) {
            Optional<String> key = TOP.key(name);
            key.ifPresentOrElse(
                known -> entries.add(entry("", known, name, text)),
                () -> problems.add(TOP.unknown(name, name)));
          }
        });
    return entries;
  }

  private static boolean isSetting(String name, String text) {
    return name.startsWith(PREFIX)
        && !NOT_SETTINGS.contains(name)
        && !text.isEmpty()
        && !OF_A_SERVICE.matcher(name).matches()
        && !ADDRESS_OF_A_SERVICE.matcher(text).matches();
  }

  private static List<Entry> ofFunction(
      String name, String text, List<String> functions, List<Problem> problems) {
    if (text.isEmpty()) {
      return List.of();
    }
    int end = name.indexOf("__", FUNCTIONS.length());
    if (end < 0) {
      problems.add(
          new Problem(
              name,
              "the name lacks the setting",
              "Write it as in MILLRACE_FUNCTIONS__HELLO_WORLD__BATCH_SIZE"));
      return List.of();
    }
    String function = name.substring(FUNCTIONS.length(), end);
    String setting = name.substring(end + 2);
    Optional<String> key = OF_FUNCTION.key(setting);
    if (key.isEmpty()) {
      problems.add(OF_FUNCTION.unknown(name, setting));
      return List.of();
    }
    List<String> meant =
        functions.stream().filter(known -> variablePart(known).equals(function)).toList();
    return (meant.isEmpty() ? List.of(function) : meant)
        .stream().map(known -> entry(known, key.get(), name, text)).toList();
  }

  private static String variablePart(String function) {
    return function.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }

  private static Entry entry(String function, String key, String name, String text) {
    return new Entry(Layer.ENVIRONMENT, function, key, text, name, name, Path.of(""));
  }
}
