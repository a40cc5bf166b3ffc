package dev.millrace.bench.contender;

/// What a contender has to do.
///
/// @param bootstrap the broker's address
/// @param input the topic to read from its beginning
/// @param output the topic to write
/// @param group the consumer group
/// @param function what every value goes through
record Task(String bootstrap, String input, String output, String group, Function function) {}
