package dev.millrace.bench.contender;

/// What a contender under key order has to do.
///
/// @param bootstrap the broker's address
/// @param input the topic to read from its beginning
/// @param group the consumer group
/// @param concurrency the most calls in flight, where the product lets one say it
/// @param function what every record goes through
record KeyTask(
    String bootstrap, String input, String group, int concurrency, WaitingFunction function) {}
