package dev.millrace.engine.call;

import dev.millrace.engine.schema.OutputSchema;
import org.jspecify.annotations.Nullable;

/// A topic that a function writes.
///
/// @param topic its name
/// @param schema what its events must look like; null when any value passes
public record OutputTopic(String topic, @Nullable OutputSchema schema) {}
