package dev.millrace.engine.settings;

import java.nio.file.Path;

/// A value that somebody set, as text.
///
/// @param layer where
/// @param function the function it is for; empty = all of them, and everything that is no
///   function's
/// @param key the setting's name: one of [Catalogue], or [#KAFKA] and one of [ClientCatalogue]
/// @param text the value
/// @param origin where exactly, such as `millrace.yaml:5` or `--batch-size`
/// @param where the same for a problem, such as `millrace.yaml:5 functions.score.batch-size`
/// @param folder where relative paths in it begin
record Entry(
    Layer layer,
    String function,
    String key,
    String text,
    String origin,
    String where,
    Path folder) {
  /// What the names of Kafka's client settings begin with.
  static final String KAFKA = "kafka.";

  /// Whether it says how the cluster is reached.
  boolean isOfCluster() {
    return key.startsWith(KAFKA) || key.equals(Catalogue.BOOTSTRAP.key());
  }
}
