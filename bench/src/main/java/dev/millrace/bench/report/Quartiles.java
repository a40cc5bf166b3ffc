package dev.millrace.bench.report;

import java.util.Arrays;

/// The middle of some numbers: a quarter of them is below `low`, half below `median`, three
/// quarters below `high`. Between two numbers it is interpolated, as spreadsheets do.
///
/// @param low the first quartile
/// @param median the second
/// @param high the third
public record Quartiles(double low, double median, double high) {
  /// The quartiles of these numbers, which may come in any order; at least one.
  public static Quartiles of(double... numbers) {
    if (numbers.length == 0) {
      throw new IllegalArgumentException("quartiles of no numbers");
    }
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
  }

  private static double at(double[] sorted, double part) {
    double position = part * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
