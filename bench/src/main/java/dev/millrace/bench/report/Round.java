package dev.millrace.bench.report;

import java.util.List;

/// Every contender once, one after the other.
///
/// @param number 1 for the first
/// @param measurements in the order in which they ran
public record Round(int number, List<Measurement> measurements) {
  public Round {
    measurements = List.copyOf(measurements);
  }

  /// The measurement of this contender.
  public Measurement of(String contender) {
    return measurements.stream()
        .filter(measurement -> measurement.contender().equals(contender))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(contender + " was not in the round"));
  }
}
