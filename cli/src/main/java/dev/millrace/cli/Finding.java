package dev.millrace.cli;

/// What `doctor` found.
///
/// @param check what was looked at
/// @param level how it is
/// @param what what was found, a sentence without its full stop
/// @param advice what to do, a sentence without its full stop; empty when there is nothing to do
record Finding(String check, Level level, String what, String advice) {
  /// How something is.
  enum Level {
    /// As it should be.
    OK,
    /// Something will not work, or not well.
    WARN,
    /// Nothing will work before it is put right.
    BAD
  }

  static Finding ok(String check, String what) {
    return new Finding(check, Level.OK, what, "");
  }

  static Finding warn(String check, String what, String advice) {
    return new Finding(check, Level.WARN, what, advice);
  }

  static Finding bad(String check, String what, String advice) {
    return new Finding(check, Level.BAD, what, advice);
  }
}
