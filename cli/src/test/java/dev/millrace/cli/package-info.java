/// Tests of the commands: [Millrace] runs one in this process.
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
