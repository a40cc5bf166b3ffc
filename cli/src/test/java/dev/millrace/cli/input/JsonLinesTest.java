package dev.millrace.cli.input;

import static dev.millrace.cli.input.Inputs.keys;
import static dev.millrace.cli.input.Inputs.pipe;
import static dev.millrace.cli.input.Inputs.read;
import static dev.millrace.cli.input.Inputs.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLinesTest {
  @TempDir private Path folder;
  private Inputs inputs = new Inputs(Path.of(""));

  @BeforeEach
  void begin() {
    inputs = new Inputs(folder);
  }

  @Test
  void linesAreSentAsTheyAreWritten() throws IOException {
    assertThat(
            values(
                Format.JSON,
                pipe("\uFEFF{\"a\": 1.50}\r\n\n  \n[1,2]\n\"x\"\n12345678901234567890123\nnull")))
        .containsExactly("{\"a\": 1.50}", "[1,2]", "\"x\"", "12345678901234567890123", "null");
  }

  @Test
  void aFieldIsTheKey() throws IOException {
    List<Entry> entries =
        read(
            Format.JSON,
            pipe(
                """
                {"id":"a","v":{"id":"inner"}}
                {"v":[{"id":1}],"id":1.50}
                {"id":true}
                """),
            "id",
            Map.of());

    assertThat(keys(entries)).containsExactly("a", "1.50", "true");
    assertThat(entries).extracting(Entry::line).containsExactly(1L, 2L, 3L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"id":1}\\n\\n{"v":2}  | [f:3] field 'id', the key, is missing. Add it, or leave out --key.
          {"v":{"id":2}}         | [f:1] field 'id', the key, is missing. Add it, or leave out --key.
          {"id":null}            | [f:1] field 'id', the key, is null. A key is text, a number or a boolean.
          {"id":{}}              | [f:1] field 'id', the key, is an object. A key is text, a number or a boolean.
          {"id":[]}              | [f:1] field 'id', the key, is a list. A key is text, a number or a boolean.
          [1]                    | [f:1] this is no JSON object, so it has no field 'id' for a key. Add it, or leave out --key.
          {"id":1} {"id":2}      | [f:1] there is more than one JSON value on this line. Write one on each line.
          """)
  void whatIsWrongIsSaidWithItsLine(String json, String message) throws IOException {
    Source file = inputs.file("f", json.replace("\\n", "\n"));

    assertThat(inputs.problem(Format.JSON, file, "id")).isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"a":1}\\n{"a":      | [f:2] this line is not JSON:
          {\\n"a":1\\n}        | [f:1] this line is not JSON: Unexpected end-of-input: expected close marker for Object, at column
          hello                | [f:1] this line is not JSON:
          1 2                  | [f:1] there is more than one JSON value on this line.
          {'a':1}              | [f:1] this line is not JSON:
          """)
  void whatIsNotJsonIsSaidWithItsLine(String json, String beginning) throws IOException {
    Source file = inputs.file("f", json.replace("\\n", "\n"));

    assertThat(inputs.problem(Format.JSON, file, "")).startsWith(beginning);
  }

  @Test
  void tooDeepIsWrongToo() throws IOException {
    Source file = inputs.file("f", "[".repeat(100_000));

    assertThat(inputs.problem(Format.JSON, file, "")).startsWith("[f:1] this line is not JSON:");
  }

  @Test
  void onlyCsvHasTypes() {
    assertThatThrownBy(() -> read(Format.JSON, pipe("{}"), "", Map.of("a", ColumnType.NUMBER)))
        .isInstanceOf(SetupException.class);
  }
}
