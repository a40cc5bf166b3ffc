package dev.millrace.bench.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ValuesTest {
  @Test
  void have_the_asked_for_size_and_their_number() {
    Values values = new Values(200, 1);

    String value = values.value(8_000_000);

    assertThat(value.getBytes(StandardCharsets.UTF_8)).hasSize(200);
    assertThat(Values.number(value)).isEqualTo(8_000_000);
  }

  @Test
  void of_one_seed_are_the_same_and_one_is_not_like_the_next() {
    Values values = new Values(100, 7);
    Values same = new Values(100, 7);

    assertThat(values.value(1)).isEqualTo(same.value(1));
    assertThat(values.value(2).substring(13)).isNotEqualTo(values.value(3).substring(13));
  }

  @Test
  void too_short_for_a_number_are_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Values(15, 1));
  }
}
