package dev.millrace.testing.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorldTest {
  @Test
  void theSameSeedTellsTheSameStory() {
    // Given
    String first = story(42);
    // When
    String again = story(42);
    // Then
    assertThat(again).isEqualTo(first).isNotEqualTo(story(43));
  }

  private static String story(long seed) {
    World world = new World(seed, Story.last(100));
    for (int i = 0; i < 10; i++) {
      String name = "event-" + i;
      world.in(world.between(0, 3), () -> world.tell(name, "happens"));
    }
    world.run(10);
    return world.story().toString();
  }

  @Test
  void timePassesOnlyAsFarAsTheConditionNeeds() {
    // Given
    World world = new World(1, Story.untold());
    List<String> happened = new ArrayList<>();
    world.in(5, () -> happened.add("five"));
    world.in(9, () -> happened.add("nine"));
    // When
    boolean met = world.await(() -> !happened.isEmpty(), 100);
    // Then
    assertThat(met).isTrue();
    assertThat(world.millis()).isEqualTo(5);
  }

  @Test
  void whatWaitsInsideAnEventLetsOthersHappen() {
    // Given
    World world = new World(1, Story.untold());
    List<String> happened = new ArrayList<>();
    world.in(
        1,
        () -> {
          world.sleep(10);
          happened.add("slept until " + world.millis());
        });
    world.in(5, () -> happened.add("five"));
    // When
    world.run(20);
    // Then
    assertThat(happened).containsExactly("five", "slept until 11");
  }

  @Test
  void aFailureReachesTheRunnerThoughAnActorCatchesIt() {
    // Given
    World world = new World(1, Story.untold());
    world.in(2, () -> world.fail(new AssertionError("broken")));
    world.in(
        1,
        () -> {
          try {
            world.sleep(5);
          } catch (Throwable swallowed) {
            world.tell("actor", "goes on");
          }
        });
    // When
    var thrown = assertThatThrownBy(() -> world.run(10));
    // Then
    thrown.isInstanceOf(AssertionError.class).hasMessage("broken");
  }

  @Test
  void waitingForWhatCanNeverHappenFails() {
    // Given
    World world = new World(1, Story.untold());
    // When
    var thrown = assertThatThrownBy(() -> world.run(() -> false, Long.MAX_VALUE));
    // Then
    thrown.isInstanceOf(IllegalStateException.class).hasMessageContaining("for ever");
  }
}
