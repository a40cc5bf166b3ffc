package dev.millrace.cli.source;

import java.util.List;

/// What the compiler made of the sources.
///
/// @param classes the classes, in the order of their names
record CompiledClasses(List<CompiledClass> classes) {
  /// @param name the binary name, as `ClassLoader` takes it
  /// @param source the number of the source it comes from, beginning with 0
  /// @param bytes the class file
  @SuppressWarnings("ArrayRecordComponent") // a carrier between three classes, never compared
  record CompiledClass(String name, int source, byte[] bytes) {}
}
