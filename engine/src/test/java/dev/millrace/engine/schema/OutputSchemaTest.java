package dev.millrace.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.plugin.Mismatch;
import dev.millrace.plugin.MismatchException;
import dev.millrace.plugin.Written;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputSchemaTest {
  private static final JsonFormat JSON = new JsonFormat();

  enum Color {
    RED,
    GREEN
  }

  record Line(String sku, int quantity) {}

  sealed interface Payment permits Card, Cash {}

  record Card(String number) implements Payment {}

  record Cash() implements Payment {}

  @SuppressWarnings("ArrayRecordComponent") // Authors do it.
  record Everything(
      String id,
      double amount,
      BigDecimal price,
      Instant at,
      LocalDate day,
      Duration took,
      YearMonth month,
      Year year,
      ZoneId zone,
      UUID unique,
      Optional<String> note,
      OptionalInt count,
      @Nullable Line first,
      Color color,
      List<Line> lines,
      Set<String> tags,
      Map<String, Object> anything,
      Map<String, Integer> counts,
      byte[] raw,
      Object any,
      Payment payment) {
    int getTotal() {
      return 3;
    }
  }

  private static final Everything EVERYTHING =
      new Everything(
          "1",
          2.5,
          new BigDecimal("1.50"),
          Instant.EPOCH,
          LocalDate.EPOCH,
          Duration.ofSeconds(3),
          YearMonth.of(2026, 1),
          Year.of(2026),
          ZoneId.of("Europe/Berlin"),
          new UUID(1, 2),
          Optional.empty(),
          OptionalInt.of(1),
          null,
          Color.GREEN,
          List.of(new Line("a", 1)),
          Set.of("t"),
          Map.of("any key", List.of(1)),
          Map.of("any key", 1),
          new byte[] {1, 2},
          "any",
          new Cash());

  @Test
  void whatIsWrittenFitsTheSchemaOfItsOwnRecord() throws MismatchException {
    OutputSchema schema = OutputSchema.of(Everything.class, JSON);

    Optional<Mismatch> mismatch = schema.mismatchOf(JSON.write(EVERYTHING));

    assertThat(mismatch).isEmpty();
  }

  @Test
  void whatIsWrittenCanBeReadAgain() throws MismatchException {
    record Part(String id, Instant at, Optional<String> note, @Nullable Line first, Color color) {}
    Part part = new Part("1", Instant.EPOCH, Optional.empty(), null, Color.RED);

    Object read = new JsonInput(Part.class, Mappers.create()).read(JSON.write(part).bytes());

    assertThat(read).isEqualTo(part);
  }

  @Test
  void timesAreIsoText() throws MismatchException {
    String json = new String(JSON.write(EVERYTHING).bytes(), StandardCharsets.UTF_8);

    assertThat(json)
        .contains("\"at\":\"1970-01-01T00:00:00Z\"", "\"day\":\"1970-01-01\"", "\"took\":\"PT3S\"");
  }

  @Test
  void aRecordIsClosedAndItsComponentsAreRequiredInTheirOrder() {
    record Small(String name, @Nullable Integer age, Map<String, Integer> counts) {}

    String json = TypeSchemas.describe(Small.class).toPrettyString();

    assertThat(json)
        .isEqualToIgnoringWhitespace(
            """
            {
              "$schema" : "https://json-schema.org/draft/2020-12/schema",
              "type" : "object",
              "properties" : {
                "name" : { "type" : "string" },
                "age" : { "type" : [ "integer", "null" ] },
                "counts" : {
                  "type" : "object",
                  "additionalProperties" : { "type" : "integer" }
                }
              },
              "required" : [ "name", "counts" ],
              "additionalProperties" : false
            }
            """);
  }

  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.FIELD, ElementType.PARAMETER})
  @interface Maybe {
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.FIELD)
    @interface Nullable {}
  }

  record Lenient(@Maybe.Nullable String name) {}

  @Test
  void anyAnnotationNamedNullableCounts() throws MismatchException {
    Optional<Mismatch> mismatch = OutputSchema.of(Lenient.class, JSON).mismatchOf(json("{}"));

    assertThat(mismatch).isEmpty();
    assertThat(
            new JsonInput(Lenient.class, Mappers.create())
                .read("{}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(Lenient.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"sku":"a"}                          | ' at /quantity: is missing'
          {"sku":"a","quantity":1,"more":2}    | ' at /more: is not in the schema'
          {"sku":"a","quantity":1.5}           | ' at /quantity: must be a whole number'
          {"sku":"a","quantity":null}          | ' at /quantity: must be a whole number'
          {"sku":7,"quantity":1}               | ' at /sku: must be text'
          [1]                                  | ': must be an object'
          """)
  void saysPathAndRule(String value, String mismatch) throws MismatchException {
    OutputSchema schema = OutputSchema.of(Line.class, JSON);

    Optional<Mismatch> found = schema.mismatchOf(json(value));

    assertThat(found.orElseThrow()).hasToString(mismatch);
  }

  record Node(String name, @Nullable Node next) {}

  @Test
  void ofAlternativesSaysWhatIsWrongInTheNearest() throws MismatchException {
    OutputSchema schema = OutputSchema.of(Node.class, JSON);

    Optional<Mismatch> mismatch = schema.mismatchOf(json("{\"name\":\"a\",\"next\":{\"name\":3}}"));

    assertThat(mismatch).contains(new Mismatch("/next/name", "must be text"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"enum":["a","b"]}        | must be one of ["a","b"]
          {"const":3}               | must be 3
          {"minimum":0}             | must be at least 0
          {"exclusiveMinimum":0}    | must be greater than 0
          {"type":["string","null"]}| must be text or null
          {"not":{}}                | breaks the rule 'not'
          """)
  void saysTheRulesOfSchemaFiles(String file, String rule) throws MismatchException {
    OutputSchema schema = OutputSchema.parse(file, JSON);

    Optional<Mismatch> mismatch = schema.mismatchOf(json("-5"));

    assertThat(mismatch).contains(new Mismatch("", rule));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {                                | is not JSON, line 1, column 2
          3                                | is no JSON Schema: it must be an object
          {"minimum":"0"}                  | is no valid JSON Schema at /minimum: must be a number
          {"$ref":"#/$defs/none"}          | is no valid JSON Schema: Reference /$defs/none cannot be resolved
          """)
  void refusesWhatIsNoSchema(String file, String clause) {
    assertThatThrownBy(() -> OutputSchema.parse(file, JSON)).hasMessage(clause);
  }

  @Test
  void fetchesNothingFromTheNetwork() {
    assertThatThrownBy(() -> OutputSchema.parse("{\"$ref\":\"http://127.0.0.1:1/x.json\"}", JSON))
        .hasMessageStartingWith("is no valid JSON Schema: java.io.FileNotFoundException");
  }

  @Test
  void whatJsonDoesNotHaveIsRefused() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("fine", 1.5);
    value.put("list", List.of(1, Double.NEGATIVE_INFINITY));

    assertThatThrownBy(() -> JSON.write(value))
        .hasMessage(" at /list/1: must be a finite number: JSON has no NaN or infinity");
    assertThatThrownBy(() -> JSON.write(Float.NaN))
        .hasMessage(": must be a finite number: JSON has no NaN or infinity");
  }

  /// A value as another format writes it: bytes that are no JSON.
  private record Foreign(Object value) implements Written {
    @Override
    public byte[] bytes() {
      return new byte[] {1};
    }
  }

  @Test
  void ofAnotherFormatTheValueIsLookedAt() throws MismatchException {
    OutputSchema schema = OutputSchema.of(Line.class, JSON);

    assertThat(schema.mismatchOf(new Foreign(new Line("a", 1)))).isEmpty();
    assertThat(schema.mismatchOf(new Foreign(Map.of("sku", "a"))))
        .contains(new Mismatch("/quantity", "is missing"));
    assertThat(schema.mismatchOf(new Foreign("{\"sku\":\"a\",\"quantity\":1}"))).isEmpty();
  }

  private static Written json(String text) throws MismatchException {
    return JSON.write(text);
  }
}
