package dev.millrace.testing.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/// What happened in a world, line by line: time in milliseconds, who, what.
///
/// Telling costs more than the simulation itself, so a story is only kept where it is asked for:
/// run the same seed again with a story when it failed without one.
public final class Story {
  private final int capacity;
  private final Deque<String> lines = new ArrayDeque<>();
  private long dropped;

  private Story(int capacity) {
    this.capacity = capacity;
  }

  /// A story that keeps nothing.
  public static Story untold() {
    return new Story(0);
  }

  /// A story that keeps its last lines.
  ///
  /// @param capacity how many lines; older ones are dropped and counted
  public static Story last(int capacity) {
    return new Story(capacity);
  }

  /// Whether lines are kept; ask before computing what only the story needs.
  public boolean told() {
    return capacity > 0;
  }

  /// Adds a line.
  ///
  /// @param millis virtual time
  /// @param who the actor
  /// @param what a format for [String#format]
  public void tell(long millis, String who, String what, Object... arguments) {
    if (capacity == 0) {
      return;
    }
    if (lines.size() == capacity) {
      lines.removeFirst();
      dropped++;
    }
    lines.add(
        String.format(Locale.ROOT, "%8d  %-12s  ", millis, who)
            + String.format(Locale.ROOT, what, arguments));
  }

  /// The whole story, one line per event.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (dropped > 0) {
      text.append("(").append(dropped).append(" earlier lines left out)\n");
    }
    lines.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
