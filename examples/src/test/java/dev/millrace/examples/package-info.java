/// The examples and the documents, executed: [ExamplesIT] runs the one-file functions.
@NullMarked
package dev.millrace.examples;

import org.jspecify.annotations.NullMarked;
