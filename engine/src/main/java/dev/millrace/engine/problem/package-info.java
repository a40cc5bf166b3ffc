/// What can go wrong in a way a person can act on, and how it is said.
///
/// A [Problem] is one sentence with what to do; a [SetupException] holds all of them at once; an
/// [UnavailableException] says that the cluster cannot be used now.
@NullMarked
package dev.millrace.engine.problem;

import org.jspecify.annotations.NullMarked;
