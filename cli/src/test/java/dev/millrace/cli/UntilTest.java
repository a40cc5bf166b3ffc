package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UntilTest {
  @Test
  void theEndOrATime() {
    assertThat(new Until.Parser().convert("END")).isEqualTo(new Until.End());
    assertThat(new Until.Parser().convert("2026-01-31T12:00Z"))
        .isEqualTo(new Until.Time(Instant.parse("2026-01-31T12:00:00Z")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "earliest", "latest", "5", ""})
  void anythingElseIsWrongUsage(String text) {
    // When
    Millrace run = Millrace.run("run", "Any.java", "--until", text);
    // Then
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("--until", "'" + text + "' is neither end nor a time");
  }
}
