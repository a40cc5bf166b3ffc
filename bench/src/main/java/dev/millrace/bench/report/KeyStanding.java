package dev.millrace.bench.report;

import dev.millrace.bench.contender.KeyPeer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// How one contender stands over all rounds of a run under key order.
///
/// @param peer the contender
/// @param rate records a second
/// @param ratio that against Parallel Consumer in the same round; empty where it took no part
/// @param cpu CPU seconds for a million records
/// @param disorder calls out of order, all rounds together
/// @param complete rounds in which it came to the end of the input
public record KeyStanding(
    KeyPeer peer,
    Quartiles rate,
    Optional<Quartiles> ratio,
    Quartiles cpu,
    long disorder,
    long complete) {
  /// The standings of a run, fastest first.
  public static List<KeyStanding> of(KeyRun run) {
    return run.rounds().stream()
        .limit(1)
        .flatMap(round -> round.measurements().stream())
        .map(measured -> of(run, KeyPeer.of(measured.contender())))
        .sorted(
            Comparator.comparingDouble((KeyStanding standing) -> standing.rate.median()).reversed())
        .toList();
  }

  private static KeyStanding of(KeyRun run, KeyPeer peer) {
    List<KeyMeasurement> all =
        run.rounds().stream().flatMap(round -> round.of(peer.id()).stream()).toList();
    double[] ratios =
        run.rounds().stream()
            .flatMap(round ->
                round
                    .of(KeyPeer.PARALLEL.id())
                    .map(other -> round.of(peer.id()).orElseThrow().rate() / other.rate())
                    .stream())
            .mapToDouble(ratio -> ratio)
            .toArray();
    return new KeyStanding(
        peer,
        quartiles(all, KeyMeasurement::rate),
        ratios.length == 0 ? Optional.empty() : Optional.of(Quartiles.of(ratios)),
        quartiles(all, measured -> measured.cpuSeconds() * 1e6 / Math.max(1, measured.calls())),
        all.stream().mapToLong(KeyMeasurement::disorder).sum(),
        all.stream().filter(KeyMeasurement::complete).count());
  }

  private static Quartiles quartiles(
      List<KeyMeasurement> all, ToDoubleFunction<KeyMeasurement> figure) {
    return Quartiles.of(all.stream().mapToDouble(figure).toArray());
  }
}
