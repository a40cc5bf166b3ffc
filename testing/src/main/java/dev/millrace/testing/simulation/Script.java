package dev.millrace.testing.simulation;

import java.util.HashMap;
import java.util.Map;

/// What the simulated function does with each input: written down with the input, and the same for
/// every instance that is called with it.
final class Script {
  /// What goes wrong with a record.
  enum Trouble {
    NONE,
    /// The call throws, a few times.
    THROWS,
    /// The call does not return, a few times.
    HANGS,
    /// The call throws until the function is repaired.
    POISON,
    /// The record cannot be decoded until the function is repaired.
    UNREADABLE,
    /// An output is too large until the function is repaired.
    TOO_LARGE;

    /// Whether only a repair helps.
    boolean lasting() {
      return this == POISON || this == UNREADABLE || this == TOO_LARGE;
    }
  }

  /// What to do with one record.
  ///
  /// @param outputs how many
  /// @param times how often a passing trouble strikes
  record Line(int outputs, Trouble trouble, int times) {}

  private static final Line NOTHING = new Line(0, Trouble.NONE, 0);

  private final Map<String, Line> lines = new HashMap<>();
  private final Map<String, Integer> struck = new HashMap<>();
  private boolean repaired;

  void write(String id, Line line) {
    lines.put(id, line);
  }

  int outputs(String id) {
    return lines.getOrDefault(id, NOTHING).outputs;
  }

  /// What is wrong with this record in this call. A passing trouble passes by being asked for.
  Trouble strike(String id) {
    Line line = lines.getOrDefault(id, NOTHING);
    if (line.trouble.lasting()) {
      return repaired ? Trouble.NONE : line.trouble;
    }
    return line.trouble != Trouble.NONE && struck.merge(id, 1, Integer::sum) <= line.times
        ? line.trouble
        : Trouble.NONE;
  }

  /// Whether this record may stop a partition; after the repair, by a call made before it.
  boolean stops(String id) {
    return lines.getOrDefault(id, NOTHING).trouble.lasting();
  }

  boolean repaired() {
    return repaired;
  }

  /// From now on nothing lasting is wrong.
  void repair() {
    repaired = true;
  }
}
