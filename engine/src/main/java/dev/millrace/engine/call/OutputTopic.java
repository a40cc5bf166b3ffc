package dev.millrace.engine.call;

import dev.millrace.plugin.Validator;
import org.jspecify.annotations.Nullable;

/// A topic that a function writes.
///
/// @param topic its name
/// @param check whether an event looks as it must; null when any value passes
public record OutputTopic(String topic, Validator.@Nullable Check check) {}
