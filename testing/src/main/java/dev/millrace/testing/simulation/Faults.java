package dev.millrace.testing.simulation;

/// How often a simulated cluster misbehaves. Chances are from 0 to 1, rates per virtual second.
///
/// @param lateAnswer chance that one way of a request takes up to `lateMillis` instead of 0 to 2 ms
/// @param lateMillis longest one-way delay of a late request or answer
/// @param lostAnswer chance that the broker does what it was asked and the client never hears of it
/// @param refusedCommit chance that a commit is refused with an error that may be retried
/// @param refusedSend chance that a send fails at once, as it does without metadata or memory
/// @param slowFetch chance that a partition's next fetch takes up to `lateMillis`
/// @param shortFetch chance that a fetch ends in the middle of what is there
/// @param hole chance that an append is followed by offsets without records
/// @param partitionOutages how often a partition is unavailable for up to `outageMillis`
/// @param clusterOutages how often the whole cluster is
/// @param outageMillis the longest outage
/// @param leaderChanges how often a partition changes its leader
/// @param cutOffs how often one member cannot reach its coordinator, for up to `cutOffMillis`
/// @param cutOffMillis longest time; beyond the session timeout the member is fenced
/// @param rebalances how often a group shuffles its partitions
public record Faults(
    double lateAnswer,
    long lateMillis,
    double lostAnswer,
    double refusedCommit,
    double refusedSend,
    double slowFetch,
    double shortFetch,
    double hole,
    double partitionOutages,
    double clusterOutages,
    long outageMillis,
    double leaderChanges,
    double cutOffs,
    long cutOffMillis,
    double rebalances) {

  /// A cluster without faults; log holes are no fault, but there are none of these either.
  public static Faults none() {
    return new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /// A bad day.
  public static Faults some() {
    return new Faults(
        0.05, 100, 0.01, 0.02, 0.001, 0.1, 0.2, 0.1, 0.3, 0.05, 500, 0.3, 0.1, 1500, 0.2);
  }

  /// Everything at once.
  public static Faults heavy() {
    return new Faults(
        0.3, 400, 0.1, 0.15, 0.05, 0.3, 0.5, 0.3, 1.5, 0.3, 1500, 1.5, 0.8, 2500, 1.5);
  }

  /// The same holes in the logs and the same fetches, and nothing that fails or is late.
  public Faults healed() {
    return new Faults(0, 0, 0, 0, 0, 0, shortFetch, hole, 0, 0, 0, 0, 0, 0, 0);
  }
}
