/// What the author of a function imports, and nothing else.
///
/// Start at [KafkaFunction]; [Message] is an input with its metadata, [Emit] an output with its own
/// key, topic and source.
@NullMarked
package dev.millrace;

import org.jspecify.annotations.NullMarked;
