package dev.millrace.testing.simulation;

import dev.millrace.engine.core.Policy;
import dev.millrace.engine.core.Policy.Then;
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
    TOO_LARGE,
    /// The function gives the verdict to stop until it is repaired.
    HALTED,
    /// The function asks for the record again, a few times.
    AGAIN,
    /// The function passes over the record, always.
    SKIPPED,
    /// The function rejects the record, always.
    REJECTED;

    /// Whether only a repair helps.
    boolean lasting() {
      return this == POISON || this == UNREADABLE || this == TOO_LARGE || this == HALTED;
    }

    /// Whether no repair helps, nor is any needed.
    boolean meant() {
      return this == SKIPPED || this == REJECTED;
    }
  }

  /// What to do with one record.
  ///
  /// @param outputs how many
  /// @param times how often a passing trouble strikes
  record Line(int outputs, Trouble trouble, int times) {}

  private static final Line NOTHING = new Line(0, Trouble.NONE, 0);

  private final Policy policy;
  private final Map<String, Line> lines = new HashMap<>();
  private final Map<String, Integer> struck = new HashMap<>();
  private boolean repaired;

  /// @param policy what becomes of records that fail
  Script(Policy policy) {
    this.policy = policy;
  }

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
    if (line.trouble.meant()) {
      return line.trouble;
    }
    return line.trouble != Trouble.NONE && struck.merge(id, 1, Integer::sum) <= line.times
        ? line.trouble
        : Trouble.NONE;
  }

  /// Whether this record may stop a partition; after the repair, by a call made before it.
  boolean stops(String id) {
    return becomes(id, Then.STOP);
  }

  /// Whether this record may become a dead letter.
  boolean dies(String id) {
    return becomes(id, Then.DEAD_LETTER);
  }

  /// Whether this record may be passed over.
  boolean isSkipped(String id) {
    return becomes(id, Then.SKIP);
  }

  private boolean becomes(String id, Then then) {
    return switch (lines.getOrDefault(id, NOTHING).trouble) {
      case NONE, THROWS, HANGS, AGAIN -> false;
      case POISON, TOO_LARGE -> policy.then() == then;
      case UNREADABLE -> policy.unreadable() == then;
      case HALTED -> then == Then.STOP;
      case SKIPPED -> then == Then.SKIP;
      case REJECTED -> then == Then.DEAD_LETTER;
    };
  }

  boolean repaired() {
    return repaired;
  }

  /// From now on nothing lasting is wrong.
  void repair() {
    repaired = true;
  }
}
