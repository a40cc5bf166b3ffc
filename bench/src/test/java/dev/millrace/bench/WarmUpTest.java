package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmUpTest {
  private final WarmUp warmUp = new WarmUp(250);

  @Test
  void ends_between_the_looks_before_and_after_it() {
    warmUp.at(1000, 100);
    warmUp.at(1100, 300);
    warmUp.at(1200, 500);

    assertThat(warmUp.endedAtMillis()).isEqualTo(1075);
  }

  @Test
  void has_not_ended_before_its_last_record() {
    warmUp.at(1000, 249);

    assertThat(warmUp.endedAtMillis()).isZero();
  }

  @Test
  void that_had_ended_at_the_first_look_ends_there() {
    warmUp.at(1000, 400);

    assertThat(warmUp.endedAtMillis()).isEqualTo(1000);
  }
}
