@NullMarked
package dev.millrace.engine.deadletters;

import org.jspecify.annotations.NullMarked;
