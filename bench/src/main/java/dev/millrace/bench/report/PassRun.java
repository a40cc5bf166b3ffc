package dev.millrace.bench.report;

import dev.millrace.bench.stage.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Contenders side by side: what was run, on what, and the raw numbers.
///
/// @param startedAt an instant
/// @param machine what it ran on
/// @param valueBytes size of a record's value
/// @param records in the input
/// @param warmUpRecords the first of them, which also count apart
/// @param partitions of input and output
/// @param seed of the values and of the order within the rounds
/// @param contenderFlags of each contender's JVM
/// @param settings of the Kafka clients, where the product lets one say it
/// @param rounds in their order
public record PassRun(
    String startedAt,
    Machine machine,
    int valueBytes,
    long records,
    long warmUpRecords,
    int partitions,
    long seed,
    List<String> contenderFlags,
    Map<String, String> settings,
    List<Round> rounds)
    implements Run {
  static final String SERIES = "pass-through-";

  public PassRun {
    contenderFlags = List.copyOf(contenderFlags);
    settings = Map.copyOf(settings);
    rounds = List.copyOf(rounds);
  }

  /// The same run with one more round.
  public PassRun with(Round round) {
    List<Round> more = new ArrayList<>(rounds);
    more.add(round);
    return new PassRun(
        startedAt,
        machine,
        valueBytes,
        records,
        warmUpRecords,
        partitions,
        seed,
        contenderFlags,
        settings,
        more);
  }

  @Override
  public String series() {
    return SERIES + valueBytes;
  }
}
