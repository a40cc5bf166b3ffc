package dev.millrace.engine.settings;

import java.time.Duration;

/// What can be set for the engine, the same for all functions of a process.
///
/// @param outstandingRecords the most records read and not yet committed, for each consumer
/// @param outstandingBytes the most bytes of such records, for each consumer
/// @param commitInterval how often the frontier is committed
/// @param commitRecords after how many completions it is committed at the latest; the bound on
///   records seen again after a crash is this plus [#outstandingRecords]
/// @param drainOnStop how long running calls may go on when the process is asked to stop
/// @param drainOnRevoke how long running calls may go on when a partition is taken away
public record EngineSettings(
    int outstandingRecords,
    long outstandingBytes,
    Duration commitInterval,
    int commitRecords,
    Duration drainOnStop,
    Duration drainOnRevoke) {
  /// Refuses what is out of range.
  public EngineSettings {
    Catalogue.OUTSTANDING_RECORDS.check(outstandingRecords);
    Catalogue.OUTSTANDING_BYTES.check(outstandingBytes);
    Catalogue.COMMIT_INTERVAL.check(commitInterval);
    Catalogue.COMMIT_RECORDS.check(commitRecords);
    Catalogue.DRAIN_ON_STOP.check(drainOnStop);
    Catalogue.DRAIN_ON_REVOKE.check(drainOnRevoke);
  }

  /// What holds where nobody set anything.
  public static EngineSettings defaults() {
    return new EngineSettings(
        Catalogue.OUTSTANDING_RECORDS.fallback(),
        Catalogue.OUTSTANDING_BYTES.fallback(),
        Catalogue.COMMIT_INTERVAL.fallback(),
        Catalogue.COMMIT_RECORDS.fallback(),
        Catalogue.DRAIN_ON_STOP.fallback(),
        Catalogue.DRAIN_ON_REVOKE.fallback());
  }
}
