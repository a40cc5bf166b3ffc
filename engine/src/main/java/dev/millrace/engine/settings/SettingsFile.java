package dev.millrace.engine.settings;

import dev.millrace.engine.problem.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads `millrace.yaml`, and the settings of `platform.yaml`.
///
/// The names at the top hold for all functions, those below `functions.<name>` for one; Kafka's
/// client settings are below `kafka`, nested or with dots:
///
/// ```yaml
/// bootstrap: broker-1:9093
/// batch-size: 200
/// functions:
///   score:
///     batch-size: 50
/// kafka:
///   security.protocol: SASL_SSL
///   sasl.jaas.config: ${file:/run/secrets/jaas}
/// ```
final class SettingsFile {
  private static final Spelling TOP =
      new Spelling(setting -> true, Setting::key, Entry.KAFKA, name -> name);
  private static final Spelling OF_FUNCTION =
      new Spelling(
          setting -> setting.scope() == Setting.Scope.FUNCTION, Setting::key, "", name -> name);

  private final Layer layer;
  private final Path file;
  private final List<Problem> problems;
  private final Map<String, Entry> entries = new HashMap<>();
  private final List<Entry> found = new ArrayList<>();

  private SettingsFile(Layer layer, Path file, List<Problem> problems) {
    this.layer = layer;
    this.file = file;
    this.problems = problems;
  }

  /// What these fields of this file set; adds what is wrong with their names to the problems.
  static List<Entry> entries(
      Layer layer, Path file, List<YamlNode.Field> fields, List<Problem> problems) {
    SettingsFile reader = new SettingsFile(layer, file, problems);
    for (YamlNode.Field field : fields) {
      if (field.name().equals("functions")) {
        reader.functions(field);
      } else {
        reader.setting("", field.name(), field.name(), field.value(), field.line());
      }
    }
    return reader.found;
  }

  /// The setting that a file calls this.
  static Optional<String> key(String name) {
    return TOP.key(name);
  }

  /// The problem of a name that is no setting's.
  static Problem unknown(String where, String name) {
    return TOP.unknown(where, name);
  }

  private void functions(YamlNode.Field functions) {
    switch (functions.value()) {
      case YamlNode.Nothing none -> {}
      case YamlNode.Fields named -> named.fields().forEach(this::function);
      case YamlNode.Text text -> notFunctions(functions.name(), text.line());
      case YamlNode.Items items -> notFunctions(functions.name(), items.line());
    }
  }

  private void function(YamlNode.Field function) {
    String path = "functions." + function.name();
    switch (function.value()) {
      case YamlNode.Nothing none -> {}
      case YamlNode.Fields settings -> {
        for (YamlNode.Field field : settings.fields()) {
          setting(
              function.name(),
              path + "." + field.name(),
              field.name(),
              field.value(),
              field.line());
        }
      }
      case YamlNode.Text text -> notFunctions(path, text.line());
      case YamlNode.Items items -> notFunctions(path, items.line());
    }
  }

  private void notFunctions(String path, int line) {
    problems.add(
        new Problem(
            where(path, line),
            "there are no settings of functions here",
            "Write 'functions:', below it the function's name, below that lines such as"
                + " 'batch-size: 500'"));
  }

  private void setting(String function, String path, String name, YamlNode value, int line) {
    switch (value) {
      case YamlNode.Fields nested -> {
        for (YamlNode.Field field : nested.fields()) {
          setting(
              function,
              path + "." + field.name(),
              name + "." + field.name(),
              field.value(),
              field.line());
        }
      }
      case YamlNode.Nothing none -> {
        if (!name.equals("kafka")) {
          problems.add(
              new Problem(where(path, line), "there is no value", "Write one, or remove the line"));
        }
      }
      case YamlNode.Items list -> {
        List<String> texts = new ArrayList<>();
        for (YamlNode item : list.items()) {
          if (item instanceof YamlNode.Text(String text, int ignored)) {
            texts.add(text);
          } else {
            problems.add(
                new Problem(
                    where(path, item.line()),
                    "the list holds something that is no single value",
                    "Write values such as '- one'"));
          }
        }
        // Where a list makes sense, Kafka writes it with commas.
        add(function, path, name, String.join(",", texts), line);
      }
      case YamlNode.Text text -> add(function, path, name, text.text(), line);
    }
  }

  private void add(String function, String path, String name, String text, int line) {
    String where = where(path, line);
    Spelling spelling = function.isEmpty() ? TOP : OF_FUNCTION;
    Optional<String> key = spelling.key(name);
    if (key.isEmpty()) {
      problems.add(
          TOP.key(name)
              .map(elsewhere ->
                  new Problem(
                      where,
                      "'" + elsewhere + "' cannot be set for one function",
                      "Move it to the top of the file, where it holds for all"))
              .orElseGet(() -> spelling.unknown(where, name)));
      return;
    }
    Entry entry =
        new Entry(
            layer,
            function,
            key.get(),
            text,
            YamlNode.at(file, line),
            where,
            Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("")));
    Entry before = entries.putIfAbsent(function + "/" + key.get(), entry);
    if (before != null) {
      problems.add(
          new Problem(
              where,
              "'" + key.get() + "' is set twice, first at " + before.origin(),
              "Remove one of them"));
      return;
    }
    found.add(entry);
  }

  private String where(String path, int line) {
    return YamlNode.at(file, line) + " " + path;
  }
}
