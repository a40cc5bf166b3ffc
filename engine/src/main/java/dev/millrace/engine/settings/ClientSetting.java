package dev.millrace.engine.settings;

/// A setting of Kafka's own clients that may be set as `kafka.<key>`.
///
/// @param key Kafka's name for it
/// @param type how its text is checked; Kafka's clients read it
/// @param secret whether its value is never printed
record ClientSetting(String key, ValueType<?> type, boolean secret) {}
