/// Jars compiled in the tests replace parts of Millrace.
@NullMarked
package dev.millrace.engine.plugin;

import org.jspecify.annotations.NullMarked;
