package dev.millrace.cli.input;

import static dev.millrace.cli.input.Inputs.pipe;
import static dev.millrace.cli.input.Inputs.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          orders.csv   | {"a":1} | CSV
          ORDERS.CSV   | a,b     | CSV
          a.jsonl      | x       | JSON
          a.ndjson     | x       | JSON
          a.json       | x       | JSON
          a.txt        | {"a":1} | JSON
          a.txt        | [1]     | JSON
          a.log        | hello   | LINES
          a            | ``      | LINES
          """)
  void theFilesEndingDecidesElseItsFirstByte(String name, String content, Format format)
      throws IOException {
    assertThat(Format.of(new Inputs(folder).file(name, content))).isEqualTo(format);
  }

  @Test
  void lookingAtAPipeTakesNothingFromIt() throws IOException {
    Source pipe = pipe("\uFEFF \r\n{\"a\":1}\n");

    assertThat(Format.of(pipe)).isEqualTo(Format.JSON);
    assertThat(values(Format.JSON, pipe)).containsExactly("{\"a\":1}");
  }

  @Test
  void aSlowPipeIsNotWaitedForLongerThanItsFirstByte() throws IOException {
    try (PipedOutputStream writer = new PipedOutputStream();
        PipedInputStream reader = new PipedInputStream(writer)) {
      writer.write('x');
      writer.flush();

      assertThat(Format.of(Source.pipe(reader))).isEqualTo(Format.LINES);
    }
  }

  @Test
  void filesThatCannotBeRead() {
    assertThatThrownBy(() -> Source.file(folder.resolve("none.csv")))
        .isInstanceOf(SetupException.class)
        .hasMessageContaining("there is no such file");
    assertThatThrownBy(() -> Source.file(folder))
        .isInstanceOf(SetupException.class)
        .hasMessageContaining("this is a directory");
  }
}
