package dev.millrace.engine.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.Guarantee;
import dev.millrace.OnError;
import dev.millrace.Ordering;
import dev.millrace.Threads;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// Pins every default: whoever changes one changes what running functions do.
class DefaultsTest {
  @Test
  void everyDefaultIsWhatThePagesSay() {
    FunctionSettings function = FunctionSettings.defaults();

    assertThat(function)
        .isEqualTo(
            new FunctionSettings(
                new Start.Earliest(),
                500,
                1_048_576,
                Duration.ZERO,
                1,
                OptionalInt.empty(),
                new CallSettings(Ordering.PARTITION, Threads.AUTO, Guarantee.AT_LEAST_ONCE),
                new RetrySettings(5, Duration.ofMillis(200), Duration.ofSeconds(30)),
                new FailureSettings(
                    OnError.STOP, List.of(), OnError.DEAD_LETTER, Duration.ofMinutes(10), 100, 50),
                Duration.ofMinutes(5),
                "",
                "",
                ""));
    assertThat(RetrySettings.JITTER).isEqualTo(0.2);
    assertThat(EngineSettings.defaults())
        .isEqualTo(
            new EngineSettings(
                20_000,
                16_777_216,
                Duration.ofMillis(500),
                30_000,
                Duration.ofSeconds(20),
                Duration.ofSeconds(5)));
    assertThat(ServerSettings.defaults()).isEqualTo(new ServerSettings(0));
    assertThat(Catalogue.BOOTSTRAP.fallback()).isEqualTo("localhost:9092");
    assertThat(Catalogue.FORMAT.fallback()).isEqualTo("json");
    assertThat(Catalogue.VALIDATOR.fallback()).isEqualTo("json-schema");
    assertThat(Catalogue.DELIVERY.fallback()).isEqualTo("direct");
    assertThat(Catalogue.all()).as("a new setting has its default pinned here too").hasSize(33);
  }

  @Test
  void withoutAnySourceTheDefaultsHold() {
    Settings settings = Settings.load(SettingsSources.none());

    assertThat(settings.function("any")).isEqualTo(FunctionSettings.defaults());
    assertThat(settings.engine()).isEqualTo(EngineSettings.defaults());
    assertThat(settings.server()).isEqualTo(ServerSettings.defaults());
    assertThat(settings.connection())
        .containsExactly(java.util.Map.entry("bootstrap.servers", "localhost:9092"));
    assertThat(settings.effective())
        .allSatisfy(row -> assertThat(row.origin()).isEqualTo("default"));
  }
}
