package dev.millrace.engine.core;

/// A place in a partition's log, as it is committed: the next offset to read, with the leader epoch
/// that lets the broker notice a truncated log.
///
/// @param offset the offset of the next record to read
/// @param leaderEpoch the epoch known for it, or [#NO_EPOCH]
public record Position(long offset, int leaderEpoch) {
  /// The leader epoch of a position of which none is known.
  public static final int NO_EPOCH = -1;

  @Override
  public String toString() {
    return Long.toString(offset);
  }
}
