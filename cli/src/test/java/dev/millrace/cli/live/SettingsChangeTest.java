package dev.millrace.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsChangeTest {
  @Test
  void whatNeedsARestartIsSaidAndWhatRunsAgain() {
    // Given
    Settings first = settings(Map.of());
    Settings second =
        settings(Map.of("delivery", "file", "format", "loud", "kafka.client.id", "me"));
    // When
    List<String> there = lines(Set.of("format"), first, first, second);
    List<String> back = lines(Set.of("format"), first, second, first);
    // Then
    assertThat(there)
        .containsExactly(
            "[dev] format: json -> loud (--format).",
            "[dev] delivery: direct -> file (--delivery). Restart to apply.",
            "[dev] kafka.client.id: not set -> me (--kafka client.id). Restart to apply.");
    assertThat(back)
        .containsExactly(
            "[dev] format: loud -> json (default).",
            "[dev] delivery: file -> direct (default). That is what runs.",
            "[dev] kafka.client.id: me -> not set. That is what runs.");
  }

  @Test
  void whatHoldsForAFunctionIsSaidOfIt() {
    // Given
    Settings first = settings(Map.of());
    Settings second = settings(Map.of("batch-size", "7", "start", "latest"));
    // When
    List<String> lines = lines(Set.of(), first, first, second);
    // Then
    assertThat(lines)
        .containsExactly(
            "[a] start: earliest -> latest (--start). It goes on where it is: that is for new"
                + " groups.",
            "[a] batch-size: 500 -> 7 (--batch-size).");
  }

  @Test
  void whatStaysForARunningFunctionNeedsARestartOfIt() {
    // Given a function that was started anew with the second
    Settings first = settings(Map.of());
    Settings second = settings(Map.of("ordering", "key", "guarantee", "at-most-once"));
    // When
    List<String> there = lines(Set.of(), first, first, second);
    List<String> back =
        new SettingsChange("dev", Set.of(), first, Map.of("a", second), second, first).lines();
    List<String> again =
        new SettingsChange("dev", Set.of(), first, Map.of("a", second), first, second).lines();
    // Then
    assertThat(there)
        .containsExactly(
            "[a] ordering: partition -> key (--ordering). Restart to apply.",
            "[a] guarantee: at-least-once -> at-most-once (--guarantee). Restart to apply.");
    assertThat(back).allMatch(line -> line.endsWith(" (default). Restart to apply."));
    assertThat(again).hasSize(2).allMatch(line -> line.endsWith(" That is what runs."));
  }

  private static List<String> lines(
      Set<String> withCode, Settings first, Settings before, Settings now) {
    return new SettingsChange("dev", withCode, first, Map.of(), before, now).lines();
  }

  private static Settings settings(Map<String, String> flags) {
    return Settings.read(
            new SettingsSources(
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                flags,
                List.of(new AnnotatedFunction("a", Map.of()))))
        .settings();
  }
}
