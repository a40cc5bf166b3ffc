/// What becomes of dead letters after they were written.
///
/// [DeadLetters] reads them and their [Fate]s, [Redrive] sends them home, [FateLog] notes what was
/// done with each.
@NullMarked
package dev.millrace.engine.deadletters;

import org.jspecify.annotations.NullMarked;
