package dev.millrace.bench.stage;

import java.util.BitSet;

/// Counts which numbers of `0 .. records - 1` have come, and how many came again.
public final class Ledger {
  private final int records;
  private final BitSet seen;
  private long repeated;

  /// @param records how many are expected
  public Ledger(long records) {
    this.records = Math.toIntExact(records);
    this.seen = new BitSet(this.records);
  }

  /// This value of [Values] has come.
  public void add(String value) {
    int number = Math.toIntExact(Values.number(value));
    if (number >= records) {
      throw new IllegalArgumentException("record " + number + " was never sent");
    }
    if (seen.get(number)) {
      repeated++;
    }
    seen.set(number);
  }

  /// How many have not come.
  public long missing() {
    return (long) records - seen.cardinality();
  }

  /// How many came that had come before.
  public long repeated() {
    return repeated;
  }
}
