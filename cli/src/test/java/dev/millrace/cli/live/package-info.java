/// Tests of what makes `dev` live.
@NullMarked
package dev.millrace.cli.live;

import org.jspecify.annotations.NullMarked;
