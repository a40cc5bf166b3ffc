package dev.millrace.engine.settings;

import java.nio.file.Path;
import java.util.List;

/// What the platform's owner has replaced.
///
/// @param format the format of messages and outputs
/// @param validator the validator of outputs
/// @param delivery how outputs leave
/// @param jars where others than Millrace's own come from
public record PluginSettings(
    Chosen format, Chosen validator, Chosen delivery, List<NamedJar> jars) {
  /// Keeps a copy.
  public PluginSettings {
    jars = List.copyOf(jars);
  }

  /// A name that was chosen.
  ///
  /// @param name the name
  /// @param where the setting, for a problem with it
  public record Chosen(String name, String where) {}

  /// A jar that was named.
  ///
  /// @param file the jar
  /// @param where the line that names it, for a problem with it
  public record NamedJar(Path file, String where) {}

  /// What holds where nobody set anything.
  public static PluginSettings defaults() {
    return new PluginSettings(
        new Chosen(Catalogue.FORMAT.fallback(), Catalogue.FORMAT.key()),
        new Chosen(Catalogue.VALIDATOR.fallback(), Catalogue.VALIDATOR.key()),
        new Chosen(Catalogue.DELIVERY.fallback(), Catalogue.DELIVERY.key()),
        List.of());
  }
}
