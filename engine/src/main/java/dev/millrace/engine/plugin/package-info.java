/// What the platform's owner can replace, found and chosen.
///
/// [Plugins] is the door: the format, the validator and the delivery that the settings name,
/// Millrace's own or those of a jar. [SharedClasses] is what code from elsewhere sees of ours.
@NullMarked
package dev.millrace.engine.plugin;

import org.jspecify.annotations.NullMarked;
