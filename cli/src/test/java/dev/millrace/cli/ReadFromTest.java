package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ReadFromTest {
  private static ReadFrom read(String text) {
    return new ReadFrom.Parser().convert(text);
  }

  @Test
  void words() {
    assertThat(read("earliest")).isEqualTo(new ReadFrom.Earliest());
    assertThat(read("LATEST")).isEqualTo(new ReadFrom.Latest());
  }

  @Test
  void offsets() {
    assertThat(read("0")).isEqualTo(new ReadFrom.Offset(0));
    assertThat(read("123456789012")).isEqualTo(new ReadFrom.Offset(123_456_789_012L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-01-31T12:00:00Z", "2026-01-31T13:00:00+01:00", "2026-01-31t12:00z"})
  void timesWithTheirZone(String text) {
    assertThat(read(text)).isEqualTo(new ReadFrom.Time(Instant.parse("2026-01-31T12:00:00Z")));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T12:00, 2026-01-31T12:00",
    "2026-01-31 12:00:05, 2026-01-31T12:00:05",
    "2026-01-31T12:00:05.123, 2026-01-31T12:00:05.123",
    "2026-01-31, 2026-01-31T00:00"
  })
  void timesOnTheClockOfThisMachine(String text, String time) {
    assertThat(read(text))
        .isEqualTo(
            new ReadFrom.Time(
                LocalDateTime.parse(time).atZone(ZoneId.systemDefault()).toInstant()));
  }

  @ParameterizedTest
  @CsvSource({"90s, PT90S", "15m, PT15M", "2h, PT2H", "3d, PT72H", "PT5M, PT5M"})
  void howFarBack(String text, Duration age) {
    assertThat(((ReadFrom.Time) read(text)).time())
        .isCloseTo(Instant.now().minus(age), within(30, ChronoUnit.SECONDS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "newest", "-5", "3x", "2026-13-01", "1.5", "99999999999999999999"})
  void everythingElseIsRefused(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "' is none of earliest, latest");
  }
}
