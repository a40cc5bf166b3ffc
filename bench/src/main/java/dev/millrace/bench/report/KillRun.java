package dev.millrace.bench.report;

import dev.millrace.bench.stage.Machine;

/// What was lost and repeated when a contender was killed again and again.
///
/// @param startedAt an instant
/// @param machine what it ran on
/// @param contender its id
/// @param records in the input
/// @param kills how often it was killed
/// @param missing records of the input that are not in the output
/// @param repeated records in the output beyond the first of each
/// @param bound the most that may be repeated, all kills together
/// @param millis from the first start to the last commit
public record KillRun(
    String startedAt,
    Machine machine,
    String contender,
    long records,
    int kills,
    long missing,
    long repeated,
    long bound,
    long millis)
    implements Run {
  static final String SERIES = "kill-nine-";

  /// Whether nothing is missing and no more repeated than may be.
  public boolean passed() {
    return missing == 0 && repeated <= bound;
  }

  @Override
  public String series() {
    return SERIES + contender;
  }
}
