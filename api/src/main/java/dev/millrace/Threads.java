package dev.millrace;

/// The threads on which a function is called.
public enum Threads {
  /// As the order makes it likely: [#PLATFORM] under [Ordering#PARTITION], else [#VIRTUAL].
  AUTO,
  /// A virtual thread for each call: for functions that mostly wait, for a database or a service.
  /// Hundreds of calls wait at the price of one; calls that compute gain nothing by it.
  VIRTUAL,
  /// Threads of the operating system, kept and used again: for functions that compute, and for
  /// libraries that bind things to a thread.
  PLATFORM
}
