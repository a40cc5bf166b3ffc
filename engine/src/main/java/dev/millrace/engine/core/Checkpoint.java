package dev.millrace.engine.core;

/// What is committed of a partition.
///
/// @param position of the first unfinished record, where reading goes on
/// @param gaps what is finished behind it
public record Checkpoint(Position position, Gaps gaps) {
  /// Nothing behind the position is finished.
  public Checkpoint(Position position) {
    this(position, Gaps.NONE);
  }
}
