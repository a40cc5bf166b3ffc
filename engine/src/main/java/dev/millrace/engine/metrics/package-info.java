/// What functions report of themselves: [Meters] are those of a process, [FunctionMeters] those of
/// one function, [HealthServer] answers over HTTP. Nothing else knows Micrometer.
@NullMarked
package dev.millrace.engine.metrics;

import org.jspecify.annotations.NullMarked;
