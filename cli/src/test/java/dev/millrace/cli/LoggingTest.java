package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoggingTest {
  @AfterEach
  void quiet() {
    Logging.start(new PrintStream(OutputStream.nullOutputStream()), false);
  }

  @Test
  void standardErrorStaysOpenWhenTheLogStartsAgain() {
    // Given
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Logging.start(err, false);
    // When
    Logging.start(err, true);
    err.print("still there");
    // Then
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("still there");
  }
}
