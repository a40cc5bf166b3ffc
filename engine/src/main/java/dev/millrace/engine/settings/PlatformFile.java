package dev.millrace.engine.settings;

import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.settings.PluginSettings.NamedJar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads `platform.yaml`: the platform's own defaults, in the words of `millrace.yaml`, and which
/// of all settings nobody else may change.
///
/// ```yaml
/// owner: data-platform          # whom to ask: required when something is locked
/// locked: [retries, kafka]      # settings; 'kafka' means all of Kafka's client settings
/// retries: 3                    # a default; without it Millrace's own default is locked
/// plugins: [csv-format.jar]     # jars, relative to this file
/// ```
///
/// `owner` is the platform's here, not a default for the functions.
///
/// @param entries the defaults
/// @param owner who owns the platform; empty when not said
/// @param locks where each locked setting was locked, such as `platform.yaml:2`
/// @param plugins jars with what replaces parts of Millrace
record PlatformFile(
    List<Entry> entries, String owner, Map<String, String> locks, List<NamedJar> plugins) {
  private static final String ALL_OF_KAFKA = "kafka";

  /// A platform that says nothing.
  static PlatformFile none() {
    return new PlatformFile(List.of(), "", Map.of(), List.of());
  }

  /// What the file says; adds what is wrong with it to the problems.
  static PlatformFile read(Path file, List<Problem> problems) {
    List<YamlNode.Field> settings = new ArrayList<>();
    Map<String, String> locks = new HashMap<>();
    List<NamedJar> plugins = new ArrayList<>();
    String owner = "";
    for (YamlNode.Field field : YamlNode.read(file, problems).fields()) {
      switch (field.name()) {
        case "owner" -> owner = field.value() instanceof YamlNode.Text text ? text.text() : "";
        case "locked" -> locks.putAll(locks(file, field, problems));
        case "plugins" -> plugins.addAll(plugins(file, field, problems));
        default -> settings.add(field);
      }
    }
    if (!locks.isEmpty() && owner.isBlank()) {
      problems.add(
          new Problem(
              file.toString(),
              "settings are locked, but nobody is named who may change them",
              "Add a line such as 'owner: data-platform'"));
    }
    return new PlatformFile(
        SettingsFile.entries(Layer.PLATFORM, file, settings, problems),
        owner,
        locks,
        List.copyOf(plugins));
  }

  private static List<NamedJar> plugins(Path file, YamlNode.Field plugins, List<Problem> problems) {
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of(""));
    List<NamedJar> jars = new ArrayList<>();
    for (YamlNode item : items(plugins)) {
      String place = YamlNode.at(file, item.line()) + " plugins";
      if (item instanceof YamlNode.Text(String name, int line)) {
        jars.add(new NamedJar(folder.resolve(name), place));
      } else {
        problems.add(
            new Problem(
                place, "There are no jars here", "Write them as in 'plugins: [csv-format.jar]'"));
      }
    }
    return jars;
  }

  /// The items of a list; a single value is a list of one.
  private static List<YamlNode> items(YamlNode.Field field) {
    return field.value() instanceof YamlNode.Items(List<YamlNode> list, int ignored)
        ? list
        : List.of(field.value());
  }

  /// Where this setting was locked, if it was.
  Optional<String> lock(String key) {
    return Optional.ofNullable(locks.get(key))
        .or(() ->
            key.startsWith(Entry.KAFKA)
                ? Optional.ofNullable(locks.get(ALL_OF_KAFKA))
                : Optional.empty());
  }

  private static Map<String, String> locks(
      Path file, YamlNode.Field locked, List<Problem> problems) {
    Map<String, String> locks = new HashMap<>();
    for (YamlNode item : items(locked)) {
      String place = YamlNode.at(file, item.line());
      if (!(item instanceof YamlNode.Text(String name, int line))) {
        problems.add(
            new Problem(
                place + " locked",
                "there are no names of settings here",
                "Write them as in 'locked: [retries, kafka.security.protocol]'"));
      } else if (name.equals(ALL_OF_KAFKA) || SettingsFile.key(name).isPresent()) {
        locks.put(name, place);
      } else {
        problems.add(SettingsFile.unknown(place + " locked", name));
      }
    }
    return locks;
  }
}
