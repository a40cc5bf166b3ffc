package dev.millrace;

/// Which messages wait for each other.
public enum Ordering {
  /// Those of one partition: one call at a time, in the partition's order, and their outputs in
  /// that order too. A message that is tried again holds up its whole partition.
  PARTITION,
  /// Those with the same key, byte by byte, in one partition: one call after the other, in their
  /// order. Messages of different keys are worked on side by side, and those without a key wait for
  /// nothing. A message that is tried again holds up its key alone. Outputs made of different keys
  /// come in any order.
  ///
  /// A call that was cancelled at its deadline and goes on all the same may overlap the next one
  /// for its key.
  KEY,
  /// None: every message by itself, in any order. The same key may be worked on twice at the same
  /// time, and a later message be done before an earlier one.
  NONE
}
