package dev.millrace.cli.live;

import dev.millrace.engine.settings.EffectiveSetting;
import dev.millrace.engine.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is different between the settings of before and those of now, in words.
final class SettingsChange {
  private record Key(String function, String key) {}

  private final Map<Key, EffectiveSetting> first;
  private final Map<Key, EffectiveSetting> before;
  private final Map<Key, EffectiveSetting> now;

  /// @param first those that the process was started with
  SettingsChange(Settings first, Settings before, Settings now) {
    this.first = byKey(first);
    this.before = byKey(before);
    this.now = byKey(now);
  }

  private static Map<Key, EffectiveSetting> byKey(Settings settings) {
    Map<Key, EffectiveSetting> rows = new LinkedHashMap<>();
    settings.effective().forEach(row -> rows.put(new Key(row.function(), row.key()), row));
    return rows;
  }

  /// A line for each difference, of functions that were there before.
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    now.forEach((key, row) -> {
      EffectiveSetting old = before.get(key);
      if (old != null && !old.value().equals(row.value())) {
        lines.add(row.function().isEmpty() ? ofProcess(key, old, row) : ofFunction(old, row));
      }
    });
    return lines;
  }

  private String ofProcess(Key key, EffectiveSetting old, EffectiveSetting row) {
    EffectiveSetting running = first.getOrDefault(key, old);
    return "[dev] "
        + change(old, row)
        + (running.value().equals(row.value()) ? " That is what runs." : " Restart to apply.");
  }

  private static String ofFunction(EffectiveSetting old, EffectiveSetting row) {
    return "["
        + row.function()
        + "] "
        + change(old, row)
        + (row.key().equals("start") ? " It goes on where it is: that is for new groups." : "");
  }

  private static String change(EffectiveSetting old, EffectiveSetting row) {
    return "%s: %s -> %s (%s).".formatted(row.key(), of(old), of(row), row.origin());
  }

  private static String of(EffectiveSetting row) {
    return row.value().isEmpty() ? "not set" : row.value();
  }
}
