/// Records out of files and pipes: a [Source] is read as one of the [Format]s into [Entry]s.
///
/// [Format#open] is the door; [InputException] says which line is wrong and why.
@NullMarked
package dev.millrace.cli.input;

import org.jspecify.annotations.NullMarked;
