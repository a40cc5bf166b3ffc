package dev.millrace.bench.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Values values = new Values(20, 1);

  @Test
  void counts_what_is_missing_and_what_came_again() {
    Ledger ledger = new Ledger(5);

    for (int number : new int[] {0, 3, 3, 3, 1}) {
      ledger.add(values.value(number));
    }

    assertThat(ledger.missing()).isEqualTo(2);
    assertThat(ledger.repeated()).isEqualTo(2);
  }

  @Test
  void refuses_a_record_that_was_never_sent() {
    Ledger ledger = new Ledger(5);

    assertThatIllegalArgumentException().isThrownBy(() -> ledger.add(values.value(5)));
  }
}
