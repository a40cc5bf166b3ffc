package dev.millrace.bench.report;

import dev.millrace.bench.stage.Machine;
import java.util.ArrayList;
import java.util.List;

/// Contenders side by side with a function that waits, the records of a key in their order.
///
/// @param startedAt an instant
/// @param machine what it ran on
/// @param distribution how often each key comes: `uniform` or `zipf`
/// @param keys how many
/// @param records in the input
/// @param hottest records of the most frequent key
/// @param partitions of the input
/// @param pauseMillis how long the function waits for each record
/// @param concurrency the most calls in flight
/// @param limitMillis how long each contender had
/// @param seed of the keys, the values and the order within the rounds
/// @param contenderFlags of each contender's JVM
/// @param rounds in their order
public record KeyRun(
    String startedAt,
    Machine machine,
    String distribution,
    int keys,
    long records,
    long hottest,
    int partitions,
    long pauseMillis,
    int concurrency,
    long limitMillis,
    long seed,
    List<String> contenderFlags,
    List<KeyRound> rounds)
    implements Run {
  static final String SERIES = "key-order-";

  public KeyRun {
    contenderFlags = List.copyOf(contenderFlags);
    rounds = List.copyOf(rounds);
  }

  /// The same run with one more round.
  public KeyRun with(KeyRound round) {
    List<KeyRound> more = new ArrayList<>(rounds);
    more.add(round);
    return new KeyRun(
        startedAt,
        machine,
        distribution,
        keys,
        records,
        hottest,
        partitions,
        pauseMillis,
        concurrency,
        limitMillis,
        seed,
        contenderFlags,
        more);
  }

  /// Records a second that waiting alone would allow over the whole input, if nothing else took any
  /// time: so many calls at a time, and one at a time for the most frequent key.
  public double ceiling() {
    return Math.min(concurrency * 1000.0 / pauseMillis, records * 1000.0 / (hottest * pauseMillis));
  }

  @Override
  public String series() {
    return SERIES + distribution + "-" + pauseMillis;
  }
}
