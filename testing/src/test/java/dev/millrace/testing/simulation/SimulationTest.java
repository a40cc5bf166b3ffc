package dev.millrace.testing.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The engine in simulated worlds. `-Dsimulation.from=0 -Dsimulation.seeds=1000000` runs others and
/// more, `-Dsimulation.seed=17` tells the story of one.
class SimulationTest {
  private static final String ONE = "simulation.seed";

  @Test
  @DisabledIfSystemProperty(named = ONE, matches = ".+")
  void theEngineHoldsInEveryWorld() {
    // Given
    long first = Long.getLong("simulation.from", 0);
    long seeds = Long.getLong("simulation.seeds", 3000);
    // When
    EngineSimulation.Report total = new EngineSimulation.Report(0, 0, 0, 0, 0);
    for (long seed = first; seed < first + seeds; seed++) {
      total = total.plus(EngineSimulation.explore(seed));
    }
    // Then
    assertThat(total.inputs()).isPositive();
    System.out.println(seeds + " worlds held: " + total);
  }

  @Test
  @EnabledIfSystemProperty(named = ONE, matches = ".+")
  void theStoryOfOneWorld() {
    // Given
    long seed = Long.getLong(ONE);
    System.out.print(EngineSimulation.story(seed));
    // When
    EngineSimulation.Report report = EngineSimulation.run(seed, Story.untold());
    // Then
    assertThat(report.inputs()).isPositive();
  }

  @Test
  @DisabledIfSystemProperty(named = ONE, matches = ".+")
  void theSameSeedTellsTheSameStory() {
    // Given
    String first = EngineSimulation.story(7);
    // When
    String again = EngineSimulation.story(7);
    // Then
    assertThat(again).isEqualTo(first);
  }
}
