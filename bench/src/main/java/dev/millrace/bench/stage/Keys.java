package dev.millrace.bench.stage;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/// Keys at random, and a number for each record that ascends within its key.
public final class Keys {
  private final SplittableRandom random;

  /// The share of the keys up to and with this one.
  private final double[] shares;

  private final long[] counts;

  /// How often each key comes.
  public enum Distribution {
    /// All as often.
    UNIFORM,
    /// The second half as often as the first, the third a third, and so on.
    ZIPF;

    /// As options and result files name it.
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    private double weight(int rank) {
      return switch (this) {
        case UNIFORM -> 1;
        case ZIPF -> 1.0 / (rank + 1);
      };
    }
  }

  /// @param keys how many there are
  /// @param seed the same seed gives the same keys
  public Keys(Distribution distribution, int keys, long seed) {
    this.random = new SplittableRandom(seed);
    this.shares = new double[keys];
    this.counts = new long[keys];
    double sum = 0;
    for (int i = 0; i < keys; i++) {
      sum += distribution.weight(i);
      shares[i] = sum;
    }
    for (int i = 0; i < keys; i++) {
      shares[i] /= sum;
    }
  }

  /// A record's key.
  ///
  /// @param name the key
  /// @param number how many records of this key were there before
  public record Next(String name, long number) {}

  /// The next record's key.
  public Next next() {
    int key = at(random.nextDouble());
    return new Next("key-" + key, counts[key]++);
  }

  private int at(double share) {
    int found = Arrays.binarySearch(shares, share);
    return Math.min(found < 0 ? -found - 1 : found, shares.length - 1);
  }

  /// How many records the most frequent key has by now.
  public long hottest() {
    long most = 0;
    for (long count : counts) {
      most = Math.max(most, count);
    }
    return most;
  }
}
