package dev.millrace.cli.input;

import static dev.millrace.cli.input.Inputs.pipe;
import static dev.millrace.cli.input.Inputs.read;
import static dev.millrace.cli.input.Inputs.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.problem.SetupException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawLinesTest {
  @Test
  void everyLineIsAValueAnEmptyOneToo() throws IOException {
    assertThat(values(Format.LINES, pipe("\uFEFFone\r\n\n two \n\nlast")))
        .containsExactly("one", "", " two ", "", "last");
    assertThat(values(Format.LINES, pipe(""))).isEmpty();
    assertThat(values(Format.LINES, pipe("one\n"))).containsExactly("one");
  }

  @Test
  void aLineMayBeLongerThanTheBuffer() throws IOException {
    String line = "0123456789".repeat(30_000);

    assertThat(values(Format.LINES, pipe("a\n" + line + "\nb\n"))).containsExactly("a", line, "b");
  }

  @Test
  void aLineWithoutEndIsRefusedBeforeItFillsTheMemory() {
    Source endless = Source.pipe(new ByteArrayInputStream(new byte[(17 << 20)]));

    assertThatThrownBy(() -> values(Format.LINES, endless))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("[standard input:1] this line is longer than 16 MiB.");
  }

  @Test
  void linesHaveNoKey() {
    assertThatThrownBy(() -> read(Format.LINES, pipe("a"), "id", Map.of()))
        .isInstanceOf(SetupException.class)
        .hasMessageContaining("raw lines have no fields");
  }

  @Test
  void otherEncodingsAreNamed(@TempDir Path folder) throws IOException {
    Inputs inputs = new Inputs(folder);

    assertThat(
            inputs.problem(
                Format.LINES, inputs.file("a", new byte[] {'o', 'k', '\n', (byte) 0xE9}), ""))
        .startsWith("[a:2] this line is not UTF-8.");
    assertThat(
            inputs.problem(
                Format.LINES, inputs.file("b", new byte[] {(byte) 0xFF, (byte) 0xFE, 'a', 0}), ""))
        .startsWith("[b:1] this is UTF-16, not UTF-8.");
  }
}
