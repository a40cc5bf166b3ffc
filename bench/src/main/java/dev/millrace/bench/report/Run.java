package dev.millrace.bench.report;

/// What a result file holds.
public sealed interface Run permits PassRun, KeyRun, MemoryRun, KillRun {
  /// When it began, an instant; part of the file's name.
  String startedAt();

  /// What it is one more measurement of: the page shows the newest of each series. The beginning of
  /// the file's name.
  String series();
}
