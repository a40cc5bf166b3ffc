package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class SettingFlagsTest {
  @Command(name = "any")
  private static final class AnyCommand {}

  @Test
  void whatIsGivenIsKnownByItsKey() {
    // Given
    SettingFlags flags = new SettingFlags();
    CommandLine command = flags.addTo(new AnyCommand());
    // When
    command.parseArgs("--batch-size", "20", "--retries", "1");
    // Then
    assertThat(flags.given()).containsEntry("batch-size", "20").containsEntry("retries", "1");
  }
}
