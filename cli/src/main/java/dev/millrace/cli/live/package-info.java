/// What makes `dev` live: code and settings that change while functions run, the settings also
/// under `run`; a broker that comes back, and the table in the terminal.
///
/// [Reload] looks at files and applies them, [LiveFunctions] is what it applies to, [Screen] is the
/// terminal and [StatusLines] its plain form, [Revival] says when a broker is started again. [Span]
/// is a length of time in words, [OneLine] is text of records made fit for a terminal, there and in
/// what other commands print.
@NullMarked
package dev.millrace.cli.live;

import org.jspecify.annotations.NullMarked;
