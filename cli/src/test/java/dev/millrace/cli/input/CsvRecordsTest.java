package dev.millrace.cli.input;

import static dev.millrace.cli.input.Inputs.keys;
import static dev.millrace.cli.input.Inputs.pipe;
import static dev.millrace.cli.input.Inputs.read;
import static dev.millrace.cli.input.Inputs.texts;
import static dev.millrace.cli.input.Inputs.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvRecordsTest {
  @TempDir private Path folder;
  private Inputs inputs = new Inputs(Path.of(""));

  @BeforeEach
  void begin() {
    inputs = new Inputs(folder);
  }

  @Test
  void aColumnOfNumbersIsNumbersAndOneOtherMakesItText() throws IOException {
    Source file =
        inputs.file(
            "a.csv", "n,zip,invoice,price,empty\n1,00123,536379,1.50,\n,4,C536379,-2,\n3,5,1,0,\n");

    assertThat(values(Format.CSV, file))
        .containsExactly(
            "{\"n\":1,\"zip\":\"00123\",\"invoice\":\"536379\",\"price\":1.50,\"empty\":null}",
            "{\"n\":null,\"zip\":\"4\",\"invoice\":\"C536379\",\"price\":-2,\"empty\":null}",
            "{\"n\":3,\"zip\":\"5\",\"invoice\":\"1\",\"price\":0,\"empty\":null}");
  }

  @Test
  void aPipeIsTextUnlessTold() throws IOException {
    String csv = "a,b,c\n1,2,3\n";

    assertThat(values(Format.CSV, pipe(csv)))
        .containsExactly("{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}");
    assertThat(texts(read(Format.CSV, pipe(csv), "", Map.of("b", ColumnType.NUMBER))))
        .containsExactly("{\"a\":\"1\",\"b\":2,\"c\":\"3\"}");
  }

  @Test
  void whatIsDeclaredHoldsInAFileToo() throws IOException {
    Source file = inputs.file("a.csv", "a,b\n1,007\n2,+5\n");

    assertThat(
            texts(read(Format.CSV, file, "", Map.of("a", ColumnType.TEXT, "b", ColumnType.NUMBER))))
        .containsExactly("{\"a\":\"1\",\"b\":7}", "{\"a\":\"2\",\"b\":5}");
  }

  @Test
  void quotesCommasLineEndsAndLineBreaksWithinQuotes() throws IOException {
    Source file =
        inputs.file(
            "a.csv",
            "\uFEFFname,\"note, long\"\r\n\"Smith, \"\"J\"\"\",\"two\r\nlines\"\r\n\r\nü,x");

    assertThat(values(Format.CSV, file))
        .containsExactly(
            "{\"name\":\"Smith, \\\"J\\\"\",\"note, long\":\"two\\r\\nlines\"}",
            "{\"name\":\"ü\",\"note, long\":\"x\"}");
  }

  @Test
  void aColumnIsTheKey() throws IOException {
    Source file = inputs.file("a.csv", "id,v\n007,1\n\"a b\",2\n");

    assertThat(keys(read(Format.CSV, file, "id", Map.of()))).containsExactly("007", "a b");
  }

  @Test
  void moreRowsThanABufferHolds() throws IOException {
    StringBuilder csv = new StringBuilder("id,text\n");
    for (int i = 0; i < 20_000; i++) {
      csv.append(i).append(",\"ä€😀 ").append(i).append("\"\n");
    }

    var values = values(Format.CSV, inputs.file("a.csv", csv.toString()));

    assertThat(values).hasSize(20_000);
    assertThat(values.getLast()).isEqualTo("{\"id\":19999,\"text\":\"ä€😀 19999\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a,b\\n1,2\\n"x\\ny",3\\n4\\n | [f.csv:5] this row has 1 field, the header has 2. Put fields that contain commas or line ends in double quotes.
          a,b\\n1,2,3\\n               | [f.csv:2] this row has 3 fields, the header has 2. Put fields that contain commas or line ends in double quotes.
          a,b\\n1,2\\n"x,3\\n4,5\\n    | [f.csv:3] a double quote is opened in this row and never closed. Close it; a quote within quotes is written twice.
          a,b\\n1,"2                   | [f.csv:2] a double quote is opened in this row and never closed. Close it; a quote within quotes is written twice.
          a,b\\n"x"y,3\\n              | [f.csv:2] this is not CSV: Unexpected character after closing quote: 'y' (0x79). Put fields that contain commas, quotes or line ends in double quotes.
          a,a\\n1,2\\n                 | [f.csv:1] two columns are named 'a'. Rename one of them.
          a,,c\\n                      | [f.csv:1] column 2 has no name. The first line holds the columns' names; name this one.
          a;b;c\\n1;2;3\\n             | [f.csv:1] the columns seem to be separated by something else than commas. Write commas between the columns.
          ``                           | [f.csv:1] there is no header. A CSV file begins with its columns' names.
          k,b\\n1,2\\n,3\\n            | [f.csv:3] column 'k', the key, is empty. Fill it in, or leave out --key.
          """)
  void whatIsWrongIsSaidWithItsLine(String csv, String message) throws IOException {
    Source file = inputs.file("f.csv", csv.replace("\\n", "\n"));

    assertThat(inputs.problem(Format.CSV, file, csv.startsWith("k") ? "k" : "")).isEqualTo(message);
  }

  @Test
  void bytesThatAreNotUtf8AreNamedAfterEverythingBefore() throws IOException {
    byte[] csv = "a,b\n1,2\ncaf?,3\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    csv[11] = (byte) 0xE9;
    Source pipe = Source.pipe(new java.io.ByteArrayInputStream(csv));

    try (Records records = Format.CSV.open(pipe, java.util.Optional.empty(), Map.of())) {
      assertThat(records.next()).isNotNull();
      assertThatThrownBy(records::next)
          .isInstanceOf(InputException.class)
          .hasMessage(
              "[standard input:3] this line is not UTF-8. Convert it, perhaps with: iconv -f"
                  + " WINDOWS-1252 -t UTF-8.");
    }
  }

  @Test
  void aNumberThatIsNone() throws IOException {
    assertThatThrownBy(
            () -> read(Format.CSV, pipe("a\n1\nx\n"), "", Map.of("a", ColumnType.NUMBER)))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "[standard input:3] column 'a' holds numbers, but not here. Correct it, or say --types"
                + " a=text.");
  }

  @Test
  void columnsThatAreNotThereAreAllNamed() {
    assertThatThrownBy(() -> read(Format.CSV, pipe("a,b\n"), "c", Map.of("d", ColumnType.NUMBER)))
        .isInstanceOf(SetupException.class)
        .hasMessage(
            """
            [--key] there is no column 'c'. The columns are a, b.
            [--types] there is no column 'd'. The columns are a, b.\
            """);
  }
}
