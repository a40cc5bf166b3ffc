package dev.millrace.bench.report;

import java.util.List;
import java.util.Optional;

/// Every contender once under key order, one after the other.
///
/// @param number 1 for the first
/// @param measurements in the order in which they ran
public record KeyRound(int number, List<KeyMeasurement> measurements) {
  public KeyRound {
    measurements = List.copyOf(measurements);
  }

  /// The measurement of this contender, if it took part.
  public Optional<KeyMeasurement> of(String contender) {
    return measurements.stream()
        .filter(measurement -> measurement.contender().equals(contender))
        .findFirst();
  }
}
