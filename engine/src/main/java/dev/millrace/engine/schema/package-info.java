/// JSON, its schemas, and what fits them.
///
/// [OutputSchema] is the JSON Schema of a topic's events; [JsonInput] reads JSON into the author's
/// types and [JsonOutput] writes them. What does not fit is a [Mismatch]: a path and a rule, never
/// a value.
@NullMarked
package dev.millrace.engine.schema;

import org.jspecify.annotations.NullMarked;
