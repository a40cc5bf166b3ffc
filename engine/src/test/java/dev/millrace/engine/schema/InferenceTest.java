package dev.millrace.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.schema.Inference.Field;
import dev.millrace.engine.schema.Inference.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InferenceTest {
  private final Inference inference = new Inference();

  private void add(String... values) {
    for (String value : values) {
      inference.add(value.getBytes(StandardCharsets.UTF_8));
    }
  }

  private Field field(String path) {
    return inference.field().all().stream()
        .filter(field -> field.path().equals(path))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | 2                                            | whole number
          1 | 2.5                                          | number
          1 | 9223372036854775808                          | number
          true | false                                     | boolean
          "a" | "b"                                        | text
          "2026-01-31" | "2026-02-01"                      | date
          "2026-01-31T12:00:00Z" | "2026-01-31T12:00:00+01:00" | instant
          "2026-01-31T12:00:00" | "2026-01-31T12:00"       | date-time
          "2026-01-31" | "2026-01-31T12:00:00Z"            | text
          "2026-01-31" | ""                                | text
          "2026-02-31" | "2026-01-31"                      | text
          "0f8fad5b-d9cb-469f-a165-70867728950e" | "0f8fad5b-d9cb-469f-a165-70867728950f" | uuid
          1 | "1"                                          | any
          true | 1                                         | any
          {} | []                                          | any
          [1] | [2.5, 3]                                   | list of number
          [] | []                                          | list of nothing
          [[1]] | [["a"]]                                  | list of list of any
          null | null                                      | null
          null | 3                                         | whole number
          """)
  void theWiderTypeWins(String one, String other, String type) {
    // When
    add("{\"field\": " + one + "}", "{\"field\": " + other + "}");
    // Then
    assertThat(field("/field").type()).isEqualTo(type);
  }

  @Test
  void sharesAreThoseOfTheObjectsAround() {
    // When
    add(
        "{\"a\": 1, \"in\": {\"b\": null}}",
        "{\"a\": 2.5, \"in\": {}}",
        "{\"in\": {\"b\": \"x\"}}",
        "{\"a\": null}");
    // Then
    Field a = field("/a");
    assertThat(a.seen()).isEqualTo(Map.of(Kind.WHOLE, 1L, Kind.NUMBER, 1L));
    assertThat(a.nullShare()).isEqualTo(0.25);
    assertThat(a.missingShare()).isEqualTo(0.25);
    assertThat(a.isNullable()).isTrue();
    assertThat(a.samples()).containsExactly("1", "2.5");
    Field b = field("/in/b");
    assertThat(b.chances()).isEqualTo(3);
    assertThat(b.nulls()).isEqualTo(1);
    assertThat(b.missing()).isEqualTo(1);
    assertThat(field("/in").missing()).isEqualTo(1);
  }

  @Test
  void fieldsOfObjectsInListsHaveTheirOwn() {
    // When
    add(
        "{\"items\": [{\"id\": \"a\", \"n\": 1}, {\"id\": \"b\"}]}",
        "{\"items\": []}",
        "{\"items\": [{\"id\": \"c\", \"n\": 2}, null]}");
    // Then
    assertThat(field("/items").type()).isEqualTo("list of object");
    assertThat(field("/items/*/id").nullShare()).isZero();
    assertThat(field("/items/*/n").missing()).isEqualTo(1);
    assertThat(field("/items").isNullable()).isFalse();
  }

  @Test
  void whatIsNotJsonIsCounted() {
    // When
    add("{\"a\": 1}", "no json", "", "{\"a\": ");
    // Then
    assertThat(inference.values()).isEqualTo(1);
    assertThat(inference.others()).isEqualTo(3);
  }

  @Test
  void namesThatAreDataMakeAMap() {
    // When
    add(
        IntStream.range(0, 300)
            .mapToObj(i -> "{\"counts\": {\"user-" + i + "\": 1}, \"a/b~c\": 1}")
            .toArray(String[]::new));
    // Then
    assertThat(field("/counts").type()).isEqualTo("map");
    assertThat(inference.field().all())
        .extracting(Field::path)
        .containsExactly("/counts", "/a~1b~0c");
  }

  @Test
  void samplesAreFewDifferentAndShort() {
    // When
    add(
        "{\"a\": \"" + "x".repeat(100) + "\"}",
        "{\"a\": 1}",
        "{\"a\": 1}",
        "{\"a\": 2}",
        "{\"a\": 3}");
    // Then
    assertThat(field("/a").samples())
        .hasSize(3)
        .contains("1", "2")
        .allMatch(sample -> sample.length() <= 60);
  }
}
