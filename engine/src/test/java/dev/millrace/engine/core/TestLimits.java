package dev.millrace.engine.core;

import java.util.function.Consumer;

/// [Limits] of a test, with few records everywhere: only what a test is about is set in it.
final class TestLimits {
  int batchRecords = 3;
  long batchWaitMillis = 0;
  int concurrency = 10;
  long deadlineMillis = 5_000;
  int outstandingRecords = 40;
  long outputBytes = 1_000;
  int pollRecords = 10;
  int commitRecords = 1_000;
  Ordering ordering = Ordering.PARTITION;
  Guarantee guarantee = Guarantee.AT_LEAST_ONCE;
  int retries = 2;
  Policy policy = Policy.stopping(600_000);

  private TestLimits() {}

  /// Those limits, with this changed.
  static Limits with(Consumer<TestLimits> change) {
    TestLimits limits = new TestLimits();
    change.accept(limits);
    return new Limits(
        limits.batchRecords,
        1_000_000_000,
        limits.batchWaitMillis,
        limits.concurrency,
        limits.deadlineMillis,
        limits.outstandingRecords,
        1_000_000_000,
        limits.outputBytes,
        limits.pollRecords,
        500,
        limits.commitRecords,
        limits.ordering,
        limits.guarantee,
        new Limits.Retry(limits.retries, 100, 1_000, 0),
        limits.policy);
  }
}
