package dev.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class QuartilesTest {
  @Test
  void of_an_odd_number_of_numbers_in_any_order_are_numbers_among_them() {
    assertThat(Quartiles.of(5, 1, 4, 2, 3)).isEqualTo(new Quartiles(2, 3, 4));
  }

  @Test
  void between_two_numbers_are_interpolated() {
    assertThat(Quartiles.of(10, 20, 30, 40)).isEqualTo(new Quartiles(17.5, 25, 32.5));
  }

  @Test
  void of_one_number_are_that_number() {
    assertThat(Quartiles.of(7)).isEqualTo(new Quartiles(7, 7, 7));
  }

  @Test
  void leave_the_given_array_as_it_was() {
    double[] numbers = {3, 1, 2};

    Quartiles.of(numbers);

    assertThat(numbers).containsExactly(3, 1, 2);
  }

  @Test
  void of_nothing_are_refused() {
    assertThatIllegalArgumentException().isThrownBy(Quartiles::of);
  }
}
