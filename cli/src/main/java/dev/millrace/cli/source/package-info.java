/// Authors' code: found, compiled, cached and loaded apart from Millrace's own classes.
///
/// The door is [AuthorCode]. `AuthorFiles` finds what was named, `Dependencies` the jars it asks
/// for, `SourceCompiler` compiles it in memory and `CompileErrors` says what is wrong with it,
/// `ClassCache` keeps the result, and `AuthorClassLoader` shows it the JDK and `dev.millrace` only.
@NullMarked
package dev.millrace.cli.source;

import org.jspecify.annotations.NullMarked;
