package dev.millrace.bench.report;

/// One contender once through the input under key order, or as far as it came in the time it had.
/// Times count from the moment its function got the first record.
///
/// @param contender its id
/// @param calls that had ended by then
/// @param millis until the group's offsets were the input's ends, or until its time was up
/// @param complete whether it came to the end
/// @param disorder calls that were out of order, or beside another one for their key
/// @param cpuSeconds CPU time of its process in that time
public record KeyMeasurement(
    String contender, long calls, long millis, boolean complete, long disorder, double cpuSeconds) {
  /// Calls a second.
  public double rate() {
    return calls * 1000.0 / Math.max(1, millis);
  }
}
