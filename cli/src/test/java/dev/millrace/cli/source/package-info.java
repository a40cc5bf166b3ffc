@NullMarked
package dev.millrace.cli.source;

import org.jspecify.annotations.NullMarked;
