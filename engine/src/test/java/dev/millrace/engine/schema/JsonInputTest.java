package dev.millrace.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.plugin.MismatchException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonInputTest {
  enum Size {
    SMALL,
    LARGE
  }

  record Line(String sku, int quantity) {}

  record Order(
      String id,
      long number,
      double amount,
      boolean paid,
      Size size,
      Instant at,
      List<Line> lines,
      @Nullable String note,
      Optional<Line> gift) {}

  private static final String ORDER =
      "{\"id\":\"o1\",\"number\":1,\"amount\":2,\"paid\":true,\"size\":\"LARGE\","
          + "\"at\":\"2026-01-01T00:00:00Z\",\"lines\":[{\"sku\":\"a\",\"quantity\":1}],"
          + "\"unknown\":{\"x\":1}}";

  @Test
  void readsARecordAndIgnoresWhatItDoesNotKnow() throws MismatchException {
    Object order = read(Order.class, ORDER);

    assertThat(order)
        .isEqualTo(
            new Order(
                "o1",
                1,
                2.0,
                true,
                Size.LARGE,
                Instant.parse("2026-01-01T00:00:00Z"),
                List.of(new Line("a", 1)),
                null,
                Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "id":"o1",              | ``                     | ` at /id: is missing`
          "id":"o1"               | "id":null              | ` at /id: must not be null`
          "id":"o1"               | "id":7                 | ` at /id: must be text, and is a number`
          "number":1,             | ``                     | ` at /number: is missing`
          "number":1              | "number":null          | ` at /number: must not be null`
          "number":1              | "number":"1"           | ` at /number: must be a whole number, and is text`
          "number":1              | "number":1.5           | ` at /number: must be a whole number`
          "number":1              | "number":9999999999999999999 | ` at /number: must be a whole number that fits long`
          "amount":2              | "amount":"2"           | ` at /amount: must be a number, and is text`
          "paid":true             | "paid":1               | ` at /paid: must be true or false, and is a number`
          "size":"LARGE"          | "size":"HUGE"          | ` at /size: must be one of SMALL, LARGE`
          "size":"LARGE"          | "size":1               | ` at /size: must be one of SMALL, LARGE`
          2026-01-01T00:00:00Z    | yesterday              | ` at /at: must be ISO text for Instant`
          "quantity":1            | "quantity":[]          | ` at /lines/0/quantity: must be a whole number, and is a list`
          "sku":"a",              | ``                     | ` at /lines/0/sku: is missing`
          "lines":[{"sku":"a","quantity":1}] | "lines":{}  | ` at /lines: must be a list, and is an object`
          "unknown":{"x":1}}      | ``                     | `: is not JSON, byte 123`
          """)
  void saysPathAndRuleButNeverTheValue(String part, String instead, String mismatch) {
    String json = ORDER.replace(part, instead);

    assertThatThrownBy(() -> read(Order.class, json))
        .isInstanceOf(MismatchException.class)
        .hasMessage(mismatch)
        .hasNoCause();
  }

  static class Plain {
    private String name = "";
    private int age;
    private @Nullable String note;

    void setName(String name) {
      this.name = name + "!";
    }
  }

  record Holder(Plain plain) {}

  @Test
  void readsAClassThroughItsSettersAndFields() throws MismatchException {
    Plain plain = (Plain) read(Plain.class, "{\"name\":\"a\",\"age\":3,\"unknown\":1}");

    assertThat(plain.name).isEqualTo("a!");
    assertThat(plain.age).isEqualTo(3);
    assertThat(plain.note).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"name":"a"}             | ` at /plain/age: is missing`
          {"name":null,"age":1}    | ` at /plain/name: must not be null`
          {"name":"a","age":"b"}   | ` at /plain/age: must be a whole number, and is text`
          """)
  void aFieldOfAClassIsRequiredToo(String plain, String mismatch) {
    assertThatThrownBy(() -> read(Holder.class, "{\"plain\":" + plain + "}")).hasMessage(mismatch);
  }

  record Picky(int age) {
    Picky {
      if (age < 0) {
        throw new IllegalArgumentException("no " + age);
      }
    }
  }

  @Test
  void keepsWhatTheAuthorsConstructorThrew() {
    assertThatThrownBy(() -> read(Picky.class, "{\"age\":-1}"))
        .hasMessage(": was refused with IllegalArgumentException")
        .hasRootCauseMessage("no -1");
  }

  @Test
  void readsPlainValues() throws MismatchException {
    Object map = read(Map.class, "{\"a\":[1,2.5,{\"b\":null}],\"c\":true}");

    assertThat(map).hasToString("{a=[1, 2.5, {b=null}], c=true}");
  }

  @Test
  void keepsTheZoneOfATime() throws MismatchException {
    Object time = read(ZonedDateTime.class, "\"2026-01-01T00:00:00+02:00\"");

    assertThat(time).hasToString("2026-01-01T00:00+02:00");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``        | `: is empty, and not JSON`
          null      | `: must not be null`
          {} {}     | `: is not JSON, byte 3`
          "text"    | `: must be an object, and is text`
          """)
  void refusesWhatIsNoObject(String json, String mismatch) {
    assertThatThrownBy(() -> read(Map.class, json)).hasMessage(mismatch);
  }

  @Test
  void refusesWhatWouldBlowTheStack() {
    assertThatThrownBy(() -> read(Map.class, "{\"a\":" + "[".repeat(100_000)))
        .isInstanceOf(MismatchException.class)
        .hasMessageEndingWith(": is nested too deeply, or holds too long a text or number");
  }

  @Test
  void knowsWhichTypesCannotBeRead() {
    assertThat(new JsonInput(InputStream.class, Mappers.create()).impossible())
        .contains(
            "InputStream cannot be made from JSON: it needs a constructor without parameters, or to"
                + " be a record");
    assertThat(new JsonInput(Order.class, Mappers.create()).impossible()).isEmpty();
    assertThat(new JsonInput(Plain.class, Mappers.create()).impossible()).isEmpty();
    assertThat(new JsonInput(Integer.class, Mappers.create()).impossible()).isEmpty();
  }

  @Test
  void textThatIsNotUtf8IsNotRepaired() throws MismatchException {
    assertThat(TextInput.read("a\uFFFDü😀".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("a\uFFFDü😀");
    assertThatThrownBy(() -> TextInput.read(new byte[] {'a', (byte) 0xC3, 'b'}))
        .hasMessage(": is not UTF-8, byte 1");
    assertThatThrownBy(() -> TextInput.read(new byte[] {'a', 'b', (byte) 0xE2, (byte) 0x82}))
        .hasMessage(": is not UTF-8, byte 2");
  }

  private static Object read(Class<?> type, String json) throws MismatchException {
    return new JsonInput(type, Mappers.create()).read(json.getBytes(StandardCharsets.UTF_8));
  }
}
