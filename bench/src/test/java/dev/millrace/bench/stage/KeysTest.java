package dev.millrace.bench.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeysTest {
  @Test
  void numbers_ascend_within_each_key() {
    Map<String, List<Long>> numbers = new HashMap<>();
    Keys keys = new Keys(Keys.Distribution.ZIPF, 10, 1);

    for (int i = 0; i < 1000; i++) {
      Keys.Next next = keys.next();
      numbers.computeIfAbsent(next.name(), any -> new ArrayList<>()).add(next.number());
    }

    assertThat(numbers).hasSize(10);
    assertThat(numbers.values())
        .allSatisfy(some -> {
          assertThat(some.getFirst()).isZero();
          assertThat(some).isSorted().doesNotHaveDuplicates();
        });
    assertThat(keys.hottest())
        .isEqualTo(numbers.values().stream().mapToInt(List::size).max().orElseThrow());
  }

  @Test
  void the_first_of_a_thousand_zipf_keys_has_an_eighth_of_the_records() {
    Keys zipf = new Keys(Keys.Distribution.ZIPF, 1000, 1);
    Keys uniform = new Keys(Keys.Distribution.UNIFORM, 1000, 1);

    for (int i = 0; i < 100_000; i++) {
      zipf.next();
      uniform.next();
    }

    assertThat(zipf.hottest() / 100_000.0).isCloseTo(1 / 7.485, within(0.01));
    assertThat(uniform.hottest()).isLessThan(200);
  }
}
