package dev.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.bench.contender.Peer;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandingTest {
  private final PassRun run = Runs.twoRounds(200, "2026-01-01T00:00:00Z");

  @Test
  void compares_with_the_raw_loop_that_was_better_in_the_same_round() {
    Standing spring = standing(Peer.SPRING);

    // 2000 / 2500 against the flushing loop, 2000 / 4000 against the pipelined one
    assertThat(spring.rateRatio()).isEqualTo(Quartiles.of(0.8, 0.5));
    assertThat(standing(Peer.FLUSH).rateRatio()).isEqualTo(Quartiles.of(1, 0.5));
    assertThat(standing(Peer.PIPELINED).rateRatio()).isEqualTo(Quartiles.of(0.5, 1));
  }

  @Test
  void counts_records_a_second_until_the_last_commit() {
    assertThat(standing(Peer.SPRING).rate()).isEqualTo(Quartiles.of(400_000, 250_000));
  }

  @Test
  void leaves_the_wait_for_the_last_commit_out_of_the_other_ratio() {
    Standing spring = standing(Peer.SPRING);

    assertThat(spring.acknowledgedRatio().high())
        .isEqualTo(Quartiles.of(1900.0 / 2400, 1900.0 / 3900).high(), within(1e-9));
  }

  @Test
  void counts_the_records_after_the_warm_up_apart() {
    Standing spring = standing(Peer.SPRING);

    // 750,000 records in 2400 - 1000 and in 3900 - 1000 ms
    assertThat(spring.warmRate().high())
        .isEqualTo(Quartiles.of(750_000 / 1.4, 750_000 / 2.9).high(), within(1e-6));
  }

  @Test
  void counts_cpu_for_a_million_records_without_the_start_of_the_process() {
    Standing spring = standing(Peer.SPRING);

    assertThat(spring.cpu()).isEqualTo(new Quartiles(6, 6, 6));
    assertThat(spring.cpuRatio()).isEqualTo(Quartiles.of(6.0 / 4, 6.0 / 3));
  }

  @Test
  void comes_fastest_first() {
    PassRun uneven =
        Runs.of(
            200,
            "2026-01-01T00:00:00Z",
            new Round(
                1,
                List.of(
                    Runs.measured("spring", 3000, 1),
                    Runs.measured("flush", 2000, 1),
                    Runs.measured("pipelined", 1500, 1))));

    assertThat(Standing.of(uneven))
        .extracting(Standing::peer)
        .containsExactly(Peer.PIPELINED, Peer.FLUSH, Peer.SPRING);
  }

  @Test
  void refuses_a_run_without_a_raw_loop() {
    PassRun alone =
        Runs.of(
            200, "2026-01-01T00:00:00Z", new Round(1, List.of(Runs.measured("spring", 3000, 1))));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Standing.of(alone))
        .withMessageContaining("raw loop");
  }

  @Test
  void of_a_run_without_rounds_there_are_none() {
    assertThat(Standing.of(Runs.of(200, "2026-01-01T00:00:00Z"))).isEmpty();
  }

  private Standing standing(Peer peer) {
    return Standing.of(run).stream()
        .filter(standing -> standing.peer() == peer)
        .findFirst()
        .orElseThrow();
  }
}
