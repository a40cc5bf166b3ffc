package dev.millrace.engine.deadletters;

import dev.millrace.engine.kafka.RecordId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What came of a redrive, or would come of it.
///
/// @param redriven dead letters that the function dealt with
/// @param skipped those that it passed over by its verdict
/// @param failedAgain those that failed and were replaced by new ones
/// @param kept those that failed and stay as they are, because the cluster refused the new one
/// @param outputs how many outputs were sent, by topic
/// @param failures what went wrong, the most frequent first
/// @param stopped why it ended early: the function said so; else empty
public record RedriveOutcome(
    long redriven,
    long skipped,
    long failedAgain,
    long kept,
    Map<String, Long> outputs,
    List<Failures> failures,
    Optional<String> stopped) {
  /// Dead letters that failed for the same cause.
  ///
  /// @param error the class of what was thrown, or what else was wrong
  /// @param fingerprint what they have in common
  /// @param count how many
  /// @param example one of them
  public record Failures(String error, String fingerprint, long count, RecordId example) {}

  /// How many dead letters were tried.
  public long tried() {
    return redriven + skipped + failedAgain + kept;
  }

  /// Whether nothing failed.
  public boolean passed() {
    return failedAgain == 0 && kept == 0 && stopped.isEmpty();
  }
}
