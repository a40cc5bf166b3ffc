package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

class NextCommandTest {
  @Test
  void quotesWhatAShellWouldChange() {
    // Given
    NextCommand test =
        NextCommand.of("test").and(List.of(Path.of("My File.java"), Path.of("B.java")));
    // When
    NextCommand at = test.and("--at", "orders/0/42", "-K", "client.id=it's $HOME");
    // Then
    assertThat(at)
        .hasToString(
            "millrace test 'My File.java' B.java --at orders/0/42 -K 'client.id=it'\\''s $HOME'");
  }

  @Test
  @ResourceLock(Resources.SYSTEM_PROPERTIES)
  void beginsAsItWasCalled() {
    // Given
    System.setProperty("millrace.command", "../a clone/millrace");
    try {
      // When
      String command = NextCommand.of("dev").toString();
      // Then
      assertThat(command).isEqualTo("'../a clone/millrace' dev");
    } finally {
      System.clearProperty("millrace.command");
    }
  }
}
