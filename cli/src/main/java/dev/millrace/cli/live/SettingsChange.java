package dev.millrace.cli.live;

import dev.millrace.engine.settings.Catalogue;
import dev.millrace.engine.settings.EffectiveSetting;
import dev.millrace.engine.settings.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is different between the settings of before and those of now, in words.
final class SettingsChange {
  private record Key(String function, String key) {}

  private final String process;
  private final Set<String> withCode;
  private final Map<Key, EffectiveSetting> first;
  private final Map<String, Map<Key, EffectiveSetting>> started = new HashMap<>();
  private final Map<Key, EffectiveSetting> before;
  private final Map<Key, EffectiveSetting> now;

  /// @param process what the lines about the process begin with
  /// @param withCode the settings of the process that new code brings with it
  /// @param first those that the process was started with
  /// @param started those that each function was started with
  SettingsChange(
      String process,
      Set<String> withCode,
      Settings first,
      Map<String, Settings> started,
      Settings before,
      Settings now) {
    this.process = process;
    this.withCode = withCode;
    this.first = byKey(first);
    started.forEach((function, settings) -> this.started.put(function, byKey(settings)));
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
    Set<Key> keys = new LinkedHashSet<>(now.keySet());
    keys.addAll(before.keySet());
    for (Key key : keys) {
      EffectiveSetting old = before.get(key);
      EffectiveSetting row = now.get(key);
      if (value(old).equals(value(row))) {
        continue;
      }
      if (key.function().isEmpty()) {
        lines.add(ofProcess(key, old, row));
      } else if (old != null && row != null) {
        lines.add(ofFunction(key, old, row));
      }
    }
    return lines;
  }

  private String ofProcess(
      Key key, @Nullable EffectiveSetting old, @Nullable EffectiveSetting row) {
    String line = "[" + process + "] " + change(key, old, row);
    if (withCode.contains(key.key())) {
      return line;
    }
    return line + restart(first.get(key), row);
  }

  private static String restart(@Nullable EffectiveSetting runs, @Nullable EffectiveSetting row) {
    return value(runs).equals(value(row)) ? " That is what runs." : " Restart to apply.";
  }

  private String ofFunction(Key key, EffectiveSetting old, EffectiveSetting row) {
    String line = "[" + key.function() + "] " + change(key, old, row);
    if (Catalogue.isFixed(key.key())) {
      return line + restart(started.getOrDefault(key.function(), first).get(key), row);
    }
    return line
        + (key.key().equals("start") ? " It goes on where it is: that is for new groups." : "");
  }

  private static String change(
      Key key, @Nullable EffectiveSetting old, @Nullable EffectiveSetting row) {
    return key.key()
        + ": "
        + word(old)
        + " -> "
        + word(row)
        + (row == null ? "." : " (" + row.origin() + ").");
  }

  private static String word(@Nullable EffectiveSetting row) {
    return value(row).isEmpty() ? "not set" : value(row);
  }

  private static String value(@Nullable EffectiveSetting row) {
    return row == null ? "" : row.value();
  }
}
