/// The decisions of the engine, pure: imports the JDK only, has no clock and no thread.
///
/// [Core#step] takes an [Event] and answers with [Action]s; [Lane] is one assigned partition;
/// [Failure] is what can go wrong with a call.
@NullMarked
package dev.millrace.engine.core;

import org.jspecify.annotations.NullMarked;
