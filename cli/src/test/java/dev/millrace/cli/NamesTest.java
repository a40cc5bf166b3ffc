package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.problem.SetupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @CsvSource({
    "fraud-check, fraud-check, FraudCheck, fraudCheck",
    "FraudCheck, fraud-check, FraudCheck, fraudCheck",
    "fraud_check.v2, fraud-check-v2, FraudCheckV2, fraudCheckV2",
    "is-in, is-in, IsIn, isIn",
    "new, new, New, newMessages",
    "INVOICES, invoices, Invoices, invoices"
  })
  void areSpelledAsThePlaceWantsIt(String given, String function, String type, String method) {
    // When
    Names names = Names.of(given);
    // Then
    assertThat(names.function()).isEqualTo(function);
    assertThat(names.type()).isEqualTo(type);
    assertThat(names.method()).isEqualTo(method);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "1st", "naïve", "a b!"})
  void areRefusedWhereAFileCouldNotHaveThem(String given) {
    assertThatThrownBy(() -> Names.of(given))
        .isInstanceOf(SetupException.class)
        .hasMessageContaining("fraud-check or FraudCheck");
  }

  @Test
  void startWithALetter() {
    assertThat(Names.of("a1").type()).isEqualTo("A1");
  }
}
