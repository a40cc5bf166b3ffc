package dev.millrace.bench.report;

import dev.millrace.bench.stage.Machine;
import java.util.List;

/// The memory of a contender while it works off a backlog.
///
/// @param startedAt an instant
/// @param machine what it ran on
/// @param contender its id
/// @param valueBytes size of a record's value
/// @param records in the backlog
/// @param contenderFlags of the contender's JVM
/// @param samples in their order
public record MemoryRun(
    String startedAt,
    Machine machine,
    String contender,
    int valueBytes,
    long records,
    List<String> contenderFlags,
    List<Sample> samples)
    implements Run {
  static final String SERIES = "memory-bound-";

  public MemoryRun {
    contenderFlags = List.copyOf(contenderFlags);
    samples = List.copyOf(samples);
  }

  @Override
  public String series() {
    return SERIES + contender;
  }

  /// Memory at one moment.
  ///
  /// @param millis since the contender was started
  /// @param written records in the output by then
  /// @param residentBytes memory of the process in RAM
  /// @param heapBytes the heap in use, with what the next collection would free
  public record Sample(long millis, long written, long residentBytes, long heapBytes) {}

  /// How much more memory the process had in the last quarter of the backlog than in the second, as
  /// a share: medians, the first quarter left out as its warm-up. Near 0 is flat.
  public double growth() {
    return residentIn(0.75, 1.01) / residentIn(0.25, 0.5) - 1;
  }

  private double residentIn(double from, double to) {
    double[] resident =
        samples.stream()
            .filter(sample -> sample.written >= from * records && sample.written < to * records)
            .mapToDouble(Sample::residentBytes)
            .toArray();
    if (resident.length == 0) {
      throw new IllegalStateException(
          "no sample between %.2f and %.2f of the backlog: take a larger one".formatted(from, to));
    }
    return Quartiles.of(resident).median();
  }
}
