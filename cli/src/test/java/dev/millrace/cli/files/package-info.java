/// Tests of looking at files.
@NullMarked
package dev.millrace.cli.files;

import org.jspecify.annotations.NullMarked;
