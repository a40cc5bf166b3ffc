package dev.millrace.bench.report;

import dev.millrace.bench.contender.Peer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// How one contender stands over all rounds of a run. A ratio compares it with the raw loop that
/// was the faster one **in the same round**, so that what slows a whole round down cancels out.
///
/// @param peer the contender
/// @param rate records a second until the offsets were committed
/// @param rateRatio that against the better raw loop
/// @param acknowledgedRatio the same until the outputs were acknowledged, without the wait for the
///   last commit
/// @param warmRate records a second after the warm-up, until the outputs were acknowledged
/// @param warmRatio that against the better raw loop
/// @param cpu CPU seconds of the process for a million records, its start not counted
/// @param cpuRatio that against the better raw loop: below 1 is less CPU
public record Standing(
    Peer peer,
    Quartiles rate,
    Quartiles rateRatio,
    Quartiles acknowledgedRatio,
    Quartiles warmRate,
    Quartiles warmRatio,
    Quartiles cpu,
    Quartiles cpuRatio) {

  /// The standings of a run, fastest first.
  public static List<Standing> of(PassRun run) {
    if (run.rounds().isEmpty()) {
      return List.of();
    }
    List<Standing> standings = new ArrayList<>();
    for (Measurement measurement : run.rounds().getFirst().measurements()) {
      standings.add(of(run, Peer.of(measurement.contender())));
    }
    standings.sort(
        Comparator.comparingDouble((Standing standing) -> standing.rate.median()).reversed());
    return standings;
  }

  private static Standing of(PassRun run, Peer peer) {
    ToDoubleFunction<Measurement> rate =
        measurement -> perSecond(run.records(), measurement.committedMillis());
    ToDoubleFunction<Measurement> acknowledged =
        measurement -> perSecond(run.records(), measurement.acknowledgedMillis());
    ToDoubleFunction<Measurement> warm =
        measurement ->
            perSecond(
                run.records() - run.warmUpRecords(),
                measurement.acknowledgedMillis() - measurement.warmMillis());
    ToDoubleFunction<Measurement> cpu =
        measurement ->
            (measurement.cpuSeconds() - measurement.startCpuSeconds()) * 1e6 / run.records();
    return new Standing(
        peer,
        each(run, peer, rate),
        paired(run, peer, rate),
        paired(run, peer, acknowledged),
        each(run, peer, warm),
        paired(run, peer, warm),
        each(run, peer, cpu),
        paired(run, peer, cpu));
  }

  private static Quartiles each(PassRun run, Peer peer, ToDoubleFunction<Measurement> figure) {
    return Quartiles.of(
        run.rounds().stream()
            .mapToDouble(round -> figure.applyAsDouble(round.of(peer.id())))
            .toArray());
  }

  private static Quartiles paired(PassRun run, Peer peer, ToDoubleFunction<Measurement> figure) {
    return Quartiles.of(
        run.rounds().stream()
            .mapToDouble(round ->
                figure.applyAsDouble(round.of(peer.id())) / figure.applyAsDouble(betterRaw(round)))
            .toArray());
  }

  /// The hand-written loop that was through first in this round.
  private static Measurement betterRaw(Round round) {
    return round.measurements().stream()
        .filter(measurement -> Peer.of(measurement.contender()).raw())
        .min(Comparator.comparingLong(Measurement::committedMillis))
        .orElseThrow(() -> new IllegalArgumentException("no raw loop to compare with"));
  }

  private static double perSecond(long records, long millis) {
    return records * 1000.0 / Math.max(1, millis);
  }
}
