package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.BrokerMain.Arguments;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerMainTest {
  @Test
  void createsMissingTopicsUnlessToldOtherwise() {
    assertThat(Arguments.parse("--data", "d", "--port", "9092"))
        .contains(new Arguments(Path.of("d"), 9092, true, false));
    assertThat(Arguments.parse("--port", "0", "--no-auto-create", "--data", "d"))
        .contains(new Arguments(Path.of("d"), 0, false, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "--data d", "--port 1", "--data d --port", "--data d --port x", "--dta d"})
  void refusesWhatItDoesNotUnderstand(String arguments) {
    assertThat(Arguments.parse(arguments.split(" ", -1))).isEmpty();
  }
}
