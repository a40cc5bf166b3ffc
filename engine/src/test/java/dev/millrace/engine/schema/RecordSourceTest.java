package dev.millrace.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordSourceTest {
  private final Inference inference = new Inference();

  private void add(String... values) {
    for (String value : values) {
      inference.add(value.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void everyKindHasItsJavaType() {
    // Given
    add(
        """
        {"id": "a", "n": 1, "x": 1.5, "ok": true, "at": "2026-01-31T12:00:00Z", "day": "2026-01-31",
         "local": "2026-01-31T12:00:00", "key": "0f8fad5b-d9cb-469f-a165-70867728950e",
         "tags": ["a"], "nothing": null, "mixed": 1, "maybe": 1}\
        """,
        """
        {"id": "b", "n": 2, "x": 2, "ok": true, "at": "2026-01-31T12:00:00Z", "day": "2026-01-31",
         "local": "2026-01-31T12:00:00", "key": "0f8fad5b-d9cb-469f-a165-70867728950e",
         "tags": [], "nothing": null, "mixed": "m"}\
        """);
    RecordSource records = new RecordSource(Set.of());
    // When
    Optional<String> name = records.declare("Order", inference.field());
    // Then
    assertThat(name).contains("Order");
    assertThat(records.declarations())
        .containsExactly(
            """
            record Order(
                String id,
                long n,
                double x,
                boolean ok,
                Instant at,
                LocalDate day,
                LocalDateTime local,
                UUID key,
                List<String> tags,
                @Nullable Object nothing,
                Object mixed,
                @Nullable Long maybe) {}\
            """);
    assertThat(records.imports())
        .containsExactly(
            "java.time.Instant",
            "java.time.LocalDate",
            "java.time.LocalDateTime",
            "java.util.List",
            "java.util.UUID",
            "org.jspecify.annotations.Nullable");
    assertThat(records.leftOut()).isEmpty();
  }

  @Test
  void objectsWithinAreRecordsOfTheirOwn() {
    // Given
    add("{\"order\": {\"lines\": [{\"n\": 1, \"order\": {\"id\": 1}}]}, \"list\": {\"a\": 1}}");
    RecordSource records = new RecordSource(Set.of("List"));
    // When
    records.declare("Order", inference.field());
    // Then
    assertThat(records.declarations())
        .containsExactly(
            "record Order(Order2 order, List2 list) {}",
            "record Order2(List<Line> lines) {}",
            "record Line(long n, Order3 order) {}",
            "record Order3(long id) {}",
            "record List2(long a) {}");
  }

  @Test
  void namesThatNoComponentCanHaveAreLeftOut() {
    // Given
    add("{\"unit-price\": 1, \"class\": 2, \"hashCode\": 3, \"_\": 4, \"fine\": {\"1st\": 5}}");
    RecordSource records = new RecordSource(Set.of());
    // When
    records.declare("Order", inference.field());
    // Then an object without any usable name is a map
    assertThat(records.declarations()).containsExactly("record Order(Map<String, Object> fine) {}");
    assertThat(records.leftOut())
        .containsExactly("/unit-price", "/class", "/hashCode", "/_", "/fine/1st");
  }

  @Test
  void whatIsNoObjectHasNoRecord() {
    // Given
    add("1", "2");
    RecordSource records = new RecordSource(Set.of());
    // When
    Optional<String> name = records.declare("Number", inference.field());
    // Then
    assertThat(name).isEmpty();
    assertThat(records.declarations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"127, double", "128, Double"})
  void numbersAreBoxedWhereAConstructorCannotTakeThemAll(int fields, String type) {
    // Given
    add(
        IntStream.range(0, fields)
            .mapToObj(i -> "\"f" + i + "\":1.5")
            .collect(Collectors.joining(",", "{", "}")));
    RecordSource records = new RecordSource(Set.of());
    // When
    records.declare("Wide", inference.field());
    // Then
    assertThat(records.declarations())
        .singleElement()
        .asString()
        .contains(" " + type + " f0,", " " + type + " f" + (fields - 1) + ")");
  }
}
