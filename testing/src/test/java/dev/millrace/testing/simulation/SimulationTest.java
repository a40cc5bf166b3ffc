package dev.millrace.testing.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The engine in simulated worlds. `-Dsimulation.from=0 -Dsimulation.seeds=1000000` runs others and
/// more, `-Dsimulation.seed=17` only that one, and tells its story.
class SimulationTest {
  @Test
  void theEngineHoldsInEveryWorld() {
    // Given
    Long one = Long.getLong("simulation.seed");
    long first = one == null ? Long.getLong("simulation.from", 0) : one;
    long seeds = one == null ? Long.getLong("simulation.seeds", 3000) : 1;
    if (one != null) {
      System.out.print(EngineSimulation.story(one));
    }
    // When
    EngineSimulation.Report total = new EngineSimulation.Report(0, 0, 0, 0, 0, 0, 0, 0);
    for (long seed = first; seed < first + seeds; seed++) {
      total = total.plus(EngineSimulation.explore(seed));
    }
    // Then
    assertThat(total.inputs()).isPositive();
    System.out.println(seeds + " worlds held: " + total);
  }

  @Test
  void theSameSeedTellsTheSameStory() {
    // Given
    String first = EngineSimulation.story(7);
    // When
    String again = EngineSimulation.story(7);
    // Then
    assertThat(again).isEqualTo(first);
  }
}
