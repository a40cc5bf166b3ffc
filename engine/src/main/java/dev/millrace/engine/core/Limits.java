package dev.millrace.engine.core;

/// What bounds a slot of the engine. Together they bound its memory and what a crash repeats.
///
/// @param batchRecords the most records of one call
/// @param batchBytes the most input bytes of one call of more than one record
/// @param batchWaitMillis how long to wait for a batch to fill
/// @param concurrency the most calls in flight
/// @param deadlineMillis the longest a call may take
/// @param outstandingRecords the most records received and not finished
/// @param outstandingBytes the most bytes of those and of their unacknowledged outputs, but for
///   what a single poll brings
/// @param outputBytes the most bytes of outputs on their way before further calls wait
/// @param pollRecords the most records a single poll brings
/// @param commitMillis the longest a finished record waits for the commit to begin
/// @param commitRecords the most records finished and not acknowledged as committed before calls
///   wait
/// @param ordering which records of a partition wait for each other
/// @param guarantee how often a record may be called
/// @param retry when to call again after a failure
/// @param policy what becomes of a record that failed
public record Limits(
    int batchRecords,
    int batchBytes,
    long batchWaitMillis,
    int concurrency,
    long deadlineMillis,
    int outstandingRecords,
    long outstandingBytes,
    long outputBytes,
    int pollRecords,
    long commitMillis,
    int commitRecords,
    Ordering ordering,
    Guarantee guarantee,
    Retry retry,
    Policy policy) {
  /// So many records of a partition at most are under way or wait for others without being
  /// finished, where not all wait for all. Those before the last finished one have their place in
  /// the metadata of a commit, which a cluster limits to 4,096 bytes.
  public static final int MOST_UNFINISHED = 1_400;

  /// When to call again after a failure.
  ///
  /// @param most how many times, for failures of the function
  /// @param firstMillis the first wait
  /// @param capMillis the longest wait; waits double until then
  /// @param jitter the share by which a wait is lengthened or shortened at random, 0 to 1
  public record Retry(int most, long firstMillis, long capMillis, double jitter) {
    /// The wait after this many failures in a row.
    ///
    /// @param failures at least 1
    /// @param random between 0 and 1
    long waitMillis(int failures, double random) {
      long doubled = firstMillis << Math.min(failures - 1, 30);
      long capped = Math.min(capMillis, Math.max(doubled, firstMillis));
      return Math.round(capped * (1 - jitter + 2 * jitter * random));
    }
  }

  /// Checks that a batch can be formed and a poll received at all.
  public Limits {
    require(batchRecords >= 1, "batchRecords");
    require(batchBytes >= 1, "batchBytes");
    require(concurrency >= 1, "concurrency");
    require(pollRecords >= 1, "pollRecords");
    require(outstandingRecords >= 2 * pollRecords, "outstandingRecords");
    require(commitRecords >= 1, "commitRecords");
  }

  /// The most records that a crash of this slot repeats.
  public int duplicateBound() {
    return guarantee == Guarantee.AT_MOST_ONCE ? 0 : commitRecords + outstandingRecords;
  }

  private static void require(boolean condition, String name) {
    if (!condition) {
      throw new IllegalArgumentException(name + " is too small");
    }
  }
}
