package dev.millrace.cli;

import dev.millrace.engine.settings.Catalogue;
import dev.millrace.engine.settings.Setting;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/// A flag for every setting of functions, the engine and its server, as the catalogue has them.
final class SettingFlags {
  private final Map<String, String> given = new LinkedHashMap<>();

  /// The command with the flags added.
  CommandLine addTo(Object command) {
    CommandLine line = new CommandLine(command);
    line.getCommandSpec().usageMessage().abbreviateSynopsis(true); // There are too many to list.
    for (Setting<?> setting : Catalogue.all()) {
      if (setting.scope() != Setting.Scope.CLUSTER) {
        line.getCommandSpec()
            .addOption(
                OptionSpec.builder(setting.flag())
                    .paramLabel("VALUE")
                    .type(String.class)
                    .description(
                        unformatted(
                            setting.sentence() + " (default: " + setting.printedFallback() + ")."))
                    .setter(setter(setting.key()))
                    .build());
      }
    }
    return line;
  }

  /// Picocli takes descriptions for formats.
  private static String unformatted(String text) {
    return text.replace("%", "%%");
  }

  private ISetter setter(String key) {
    return new ISetter() {
      @Override
      @SuppressWarnings({"unchecked", "NullAway"}) // Picocli's setters answer with the old value.
      public <T> T set(T value) {
        return value == null ? (T) given.remove(key) : (T) given.put(key, value.toString());
      }
    };
  }

  /// The settings that were given, by their key.
  Map<String, String> given() {
    return given;
  }
}
