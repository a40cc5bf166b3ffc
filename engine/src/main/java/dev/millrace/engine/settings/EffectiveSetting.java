package dev.millrace.engine.settings;

/// A setting that holds, and who set it: a row for people and for JSON.
///
/// @param function the function it holds for; empty = the whole process
/// @param key its name, such as `batch-size` or `kafka.sasl.mechanism`
/// @param value its value; a secret shows as the reference to it, or as `********`; empty = not set
/// @param origin `default`, or where it was set: `platform.yaml:3`, `@KafkaFunction`,
///   `millrace.yaml:5`, `MILLRACE_BATCH_SIZE`, `--batch-size`
/// @param locked whether the platform locked it
public record EffectiveSetting(
    String function, String key, String value, String origin, boolean locked) {}
