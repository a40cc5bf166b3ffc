/// Tests of how records are read: [Inputs] writes the files.
@NullMarked
package dev.millrace.cli.input;

import org.jspecify.annotations.NullMarked;
