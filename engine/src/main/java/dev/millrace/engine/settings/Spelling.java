package dev.millrace.engine.settings;

import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/// The names of the settings as one layer writes them.
final class Spelling {
  private final TreeMap<String, String> own = new TreeMap<>();
  private final TreeMap<String, String> kafka = new TreeMap<>();
  private final String kafkaPrefix;

  /// @param included which settings the layer has
  /// @param name how it writes such a setting
  /// @param kafkaPrefix how it writes the beginning of Kafka's settings; empty = it has none
  /// @param kafkaName how it writes Kafka's name for a client setting
  Spelling(
      Predicate<Setting<?>> included,
      Function<Setting<?>, String> name,
      String kafkaPrefix,
      Function<String, String> kafkaName) {
    this.kafkaPrefix = kafkaPrefix;
    Catalogue.all().stream()
        .filter(included)
        .forEach(setting -> own.put(name.apply(setting), setting.key()));
    if (!kafkaPrefix.isEmpty()) {
      ClientCatalogue.names()
          .forEach(
              client -> kafka.put(kafkaPrefix + kafkaName.apply(client), Entry.KAFKA + client));
    }
  }

  /// The setting with this name.
  Optional<String> key(String name) {
    return Optional.ofNullable(own.getOrDefault(name, kafka.get(name)));
  }

  /// The problem of a name that no setting has, with the one that was probably meant.
  Problem unknown(String where, String name) {
    boolean kafkas = !kafkaPrefix.isEmpty() && name.startsWith(kafkaPrefix);
    TreeSet<String> known = new TreeSet<>(kafkas ? kafka.keySet() : own.keySet());
    String advice =
        NearestName.of(name, known)
            .map(near -> "Write '" + near + "' if that is meant, otherwise remove it")
            .orElseGet(() ->
                kafkas
                    ? "Remove it; none of Kafka's client settings has such a name"
                    : "Remove it; the settings are " + String.join(", ", List.copyOf(known)));
    return new Problem(where, "there is no setting '" + name + "'", advice);
  }
}
