package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class MainTest {
  @Test
  void helpListsTheCommands() {
    Millrace help = Millrace.run("--help");

    assertThat(help.code()).isZero();
    assertThat(help.out())
        .contains("produce", "consume", "topics", "Exit codes")
        .doesNotContain("\u001b");
    assertThat(help.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev",
        "run",
        "demo",
        "new",
        "test",
        "produce",
        "consume",
        "topics",
        "topics list",
        "topics show",
        "topics create"
      })
  void everyCommandHasHelp(String command) {
    Millrace help = Millrace.run((command + " --help").split(" "));

    assertThat(help.code()).isZero();
    assertThat(help.out()).startsWith("Usage: millrace " + command);
    assertThat(help.err()).isEmpty();
  }

  @Test
  void helpHasColoursOnATerminalOnly() {
    assertThat(helpOnATerminal(Map.of("TERM", "xterm"))).contains("\u001b[");
    assertThat(helpOnATerminal(Map.of("TERM", "xterm", "NO_COLOR", "1"))).doesNotContain("\u001b");
    assertThat(helpOnATerminal(Map.of("TERM", "dumb"))).doesNotContain("\u001b");
  }

  private static String helpOnATerminal(Map<String, String> environment) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            StandardOutput.to(out),
            System.err,
            true,
            true,
            environment,
            new Stop());
    Main.run(new String[] {"--help"}, console);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void saysItsVersion() {
    Millrace version = Millrace.run("--version");

    assertThat(version.code()).isZero();
    assertThat(version.out())
        .matches("millrace \\d+\\.\\d+\\.\\d+\\S* \\(Kafka 4\\..*, JDK .*\\)\\R");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          prodcue orders            | [millrace] there is no command 'prodcue'. Did you mean 'produce'? See 'millrace --help'.
          frobnicate                | [millrace] there is no command 'frobnicate'. See 'millrace --help'.
          topics lst                | [millrace topics] there is no command 'lst'. Did you mean 'list'? See 'millrace topics --help'.
          consume t --form 3        | [millrace consume] there is no option '--form'. Did you mean '--from'? See 'millrace consume --help'.
          consume                   | [millrace consume] missing required parameter: 'TOPIC'. See 'millrace consume --help'.
          consume t u               | [millrace consume] one argument too many: 'u'. See 'millrace consume --help'.
          consume t --max -1        | [millrace consume] invalid value for option '--max': '-1' is no number of records. See 'millrace consume --help'.
          consume t --max many      | [millrace consume] invalid value for option '--max': 'many' is no number of records. See 'millrace consume --help'.
          """)
  void wrongUsageIsSaidWithTheNearestName(String arguments, String message) {
    Millrace run = Millrace.run(arguments.split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines()).contains(message);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void wrongUsageIsJsonWhereJsonIsAskedFor() {
    Millrace run = Millrace.run("topics", "lst", "--output", "json");

    assertThat(run.code()).isEqualTo(2);
    var error = JsonMapper.shared().readTree(run.err());
    assertThat(error.get("error").asString()).isEqualTo("usage");
    assertThat(error.get("exitCode").asInt()).isEqualTo(2);
    assertThat(error.get("problems").get(0).get("what").asString())
        .isEqualTo("there is no command 'lst'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "topics"})
  void withoutACommandTheCommandsAreListed(String arguments) {
    Millrace run = Millrace.run(arguments.isEmpty() ? new String[0] : arguments.split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("Usage: millrace");
  }

  @Test
  void anOutputThatCannotBeWrittenIsAFailure() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OutputStream full = failing("No space left on device");

    int code = Main.run(new String[] {"--help"}, new ByteArrayInputStream(new byte[0]), full, err);

    assertThat(code).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("[standard output] not everything could be written: No space left on device.");
  }

  @Test
  void aReaderThatHasReadEnoughIsNoFailure() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OutputStream closed = failing("Broken pipe");

    int code =
        Main.run(new String[] {"--help"}, new ByteArrayInputStream(new byte[0]), closed, err);

    assertThat(code).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int next) throws IOException {
        throw new IOException(message);
      }
    };
  }

  @Test
  void helpLoadsNeitherKafkaNorLoggingNorJson() throws Exception {
    Process help =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-verbose:class",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--help")
            .redirectErrorStream(true)
            .start();
    String printed = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(help.waitFor()).isZero();
    assertThat(printed)
        .contains("Exit codes", " picocli.CommandLine ")
        .doesNotContain(
            " org.apache.kafka.",
            " ch.qos.logback.",
            " org.slf4j.",
            " tools.jackson.",
            " org.junit.",
            " org.assertj.");
  }
}
