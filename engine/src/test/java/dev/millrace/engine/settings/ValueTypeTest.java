package dev.millrace.engine.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTypeTest {
  private static final ValueType<Duration> DURATION = ValueType.duration("0", "30d", "5s");
  private static final ValueType<Long> SIZE = ValueType.size("1B", "64GiB", "1MiB");

  @ParameterizedTest
  @CsvSource({
    "0, PT0S, 0",
    "200ms, PT0.2S, 200ms",
    "1500ms, PT1.5S, 1500ms",
    "5s, PT5S, 5s",
    "5 S, PT5S, 5s",
    "120s, PT2M, 2m",
    "2m, PT2M, 2m",
    "1h, PT1H, 1h",
    "7d, P7D, 7d",
    "PT1H30M, PT1H30M, 90m",
    "P1D, P1D, 1d"
  })
  void readsDurations(String text, String expected, String printed) {
    Duration duration = DURATION.read(text);

    assertThat(duration).isEqualTo(Duration.parse(expected));
    assertThat(DURATION.printer().apply(duration)).isEqualTo(printed);
    assertThat(DURATION.read(printed)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "1.5s", "five", "5 weeks", "-5s", "PT", "999999999999999999d"})
  void refusesWhatIsNoDuration(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> DURATION.read(text));
  }

  @Test
  void refusesANegativeIsoDuration() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DURATION.read("PT-5S"))
        .withMessage("'PT-5S' is out of range");
  }

  @ParameterizedTest
  @CsvSource({
    "64MiB, 67108864, 64MiB",
    "64mib, 67108864, 64MiB",
    "1mb, 1000000, 1000000B",
    "1 MB, 1000000, 1000000B",
    "16kb, 16000, 16000B",
    "16KiB, 16384, 16KiB",
    "2GiB, 2147483648, 2GiB",
    "100, 100, 100B",
    "100b, 100, 100B"
  })
  void readsSizes(String text, long expected, String printed) {
    long size = SIZE.read(text);

    assertThat(size).isEqualTo(expected);
    assertThat(SIZE.printer().apply(size)).isEqualTo(printed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MiB", "1.5MiB", "-1", "1 TiB", "0", "999999999999999999GiB"})
  void refusesWhatIsNoSize(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> SIZE.read(text));
  }

  @Test
  void readsWholeNumbersWithinTheirRange() {
    ValueType<Integer> type = ValueType.wholeNumber(1, 100, 5);

    assertThat(type.read(" 100 ")).isEqualTo(100);
    assertThat(type.expected()).isEqualTo("a whole number from 1 to 100");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> type.read("0"))
        .withMessage("'0' is out of range");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> type.read("99999999999999999"))
        .withMessage("'99999999999999999' is out of range");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> type.read("lots"))
        .withMessage("'lots' is not a whole number");
    assertThatIllegalArgumentException().isThrownBy(() -> type.read("1.0"));
  }

  @Test
  void readsStarts() {
    assertThat(Start.read("earliest")).contains(new Start.Earliest());
    assertThat(Start.read("LATEST")).contains(new Start.Latest());
    assertThat(Start.read("0")).contains(new Start.Offset(0));
    assertThat(Start.read("123456789012")).contains(new Start.Offset(123_456_789_012L));
    assertThatIllegalArgumentException().isThrownBy(() -> ValueType.start().read("42"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-01-31T12:00:00Z", "2026-01-31T13:00:00+01:00", "2026-01-31t12:00z"})
  void readsTimesWithTheirZone(String text) {
    assertThat(Start.read(text)).contains(new Start.At(Instant.parse("2026-01-31T12:00:00Z")));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T12:00, 2026-01-31T12:00",
    "2026-01-31 12:00:05, 2026-01-31T12:00:05",
    "2026-01-31T12:00:05.123, 2026-01-31T12:00:05.123",
    "2026-01-31, 2026-01-31T00:00"
  })
  void readsTimesOnTheClockOfThisMachine(String text, LocalDateTime time) {
    assertThat(Start.read(text))
        .contains(new Start.At(time.atZone(ZoneId.systemDefault()).toInstant()));
  }

  @ParameterizedTest
  @CsvSource({"90s, PT90S", "15m, PT15M", "2h, PT2H", "3d, PT72H", "PT5M, PT5M"})
  void readsHowFarBack(String text, Duration age) {
    assertThat(Start.read(text)).contains(new Start.Back(age));
    assertThat(Start.read(text).orElseThrow().time(Instant.parse("2026-01-31T12:00:00Z")))
        .contains(Instant.parse("2026-01-31T12:00:00Z").minus(age));
  }

  @ParameterizedTest
  @ValueSource(strings = {"36500d", "4000000000d", "1969-12-31T23:00:00Z"})
  void takesTimesBeforeKafkasFirstForAllThereIs(String text) {
    assertThat(Start.read(text).flatMap(start -> start.time(Instant.parse("2026-01-31T12:00:00Z"))))
        .hasValueSatisfying(time ->
            assertThat(time).isBetween(Instant.EPOCH, Instant.parse("1980-01-01T00:00:00Z")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "newest",
        "-5",
        "3x",
        "2026-13-01",
        "1.5",
        "99999999999999999999",
        "+999999999-12-31T23:59:59Z"
      })
  void readsNoOtherStarts(String text) {
    assertThat(Start.read(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:9092", "a:1,b:2", "a:1, b:2", "[::1]:9092", "10.0.0.1:65535"})
  void readsAddresses(String text) {
    assertThat(ValueType.addresses().read(text)).isEqualTo(text.replace(" ", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "a:0", "a:65536", "a:b", ":9092", "a:1,", "http://a:1"})
  void refusesWhatIsNoAddress(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ValueType.addresses().read(text));
  }
}
