/// The command line: [Main] lists the commands; each command is a class of its name.
///
/// [Console] is what a command sees of the world (streams, terminal, environment), [CommonOptions]
/// is what every command understands, [ErrorReport] turns whatever goes wrong into a sentence and
/// an exit code.
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
