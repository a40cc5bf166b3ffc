package dev.millrace.engine.core;

/// How many of the last records became dead letters: a topic must not be poured into its dead
/// letters because the function is broken.
final class DeadLetterCount {
  /// From here on the counts are halved: what is long ago counts less and less.
  private static final int REMEMBERED = 1_000;

  private static final int ENOUGH = 100;

  private int inARow;
  private int recent;
  private int recentDead;

  void finished(int records) {
    inARow = 0;
    add(records, 0);
  }

  void one() {
    inARow++;
    add(1, 1);
  }

  void forget() {
    inARow = 0;
    recent = 0;
    recentDead = 0;
  }

  /// Why there must be no further one, in words; empty when there may be.
  String tooMany(Policy policy) {
    if (inARow >= policy.mostInARow()) {
      return "the last " + inARow + " messages became dead letters";
    }
    if (recent >= ENOUGH && recentDead > policy.mostOfRecent() * recent) {
      return recentDead + " of the last " + recent + " messages became dead letters";
    }
    return "";
  }

  private void add(int records, int dead) {
    if (recent >= REMEMBERED) {
      recent /= 2;
      recentDead /= 2;
    }
    recent += Math.min(records, REMEMBERED);
    recentDead += dead;
  }
}
