/// JSON, its schemas, and what fits them.
///
/// [JsonFormat] and [JsonSchemaValidator] are the doors: [JsonInput] reads JSON into the author's
/// types and [JsonOutput] writes them, `OutputSchema` is the JSON Schema of a topic's events. What
/// does not fit is a mismatch: a path and a rule, never a value.
@NullMarked
package dev.millrace.engine.schema;

import org.jspecify.annotations.NullMarked;
