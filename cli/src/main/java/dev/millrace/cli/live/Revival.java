package dev.millrace.cli.live;

import java.time.Duration;
import java.time.Instant;

/// Decides whether something that died is started once more: a few times in a row, each time a
/// little later. For one thread.
public final class Revival {
  /// Deaths in a row after which it is given up.
  private static final int MOST = 5;

  private static final Duration FIRST_WAIT = Duration.ofMillis(200);

  /// Who lived this long had been well.
  private static final Duration WELL = Duration.ofMinutes(1);

  private Instant born;
  private int deaths;

  /// @param now when it was started first
  public Revival(Instant now) {
    this.born = now;
  }

  /// Notes a death. Whether to start it again.
  public boolean died(Instant now) {
    deaths = Duration.between(born, now).compareTo(WELL) > 0 ? 1 : deaths + 1;
    return deaths <= MOST;
  }

  /// How long to wait before it is started.
  public Duration pause() {
    return FIRST_WAIT.multipliedBy(1L << (deaths - 1));
  }

  /// Notes that it was started again.
  public void born(Instant now) {
    born = now;
  }
}
