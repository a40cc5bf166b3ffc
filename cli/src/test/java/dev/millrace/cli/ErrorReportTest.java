package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ErrorReportTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int report(Throwable e, String... args) {
    Console console =
        Console.of(InputStream.nullInputStream(), OutputStream.nullOutputStream(), err);
    return new ErrorReport(console, args).report(e);
  }

  private String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aSetupProblemIsOneLineEach() {
    int code =
        report(
            new SetupException(
                List.of(new Problem("a", "one", "Do this"), new Problem("b", "two", "Do that"))),
            "produce");

    assertThat(code).isEqualTo(2);
    assertThat(said().lines()).containsExactly("[a] one. Do this.", "[b] two. Do that.");
  }

  @Test
  void anUnavailableClusterIsThree() {
    int code = report(new UnavailableException(new Problem("c", "gone", "Wait"), new Exception()));

    assertThat(code).isEqualTo(3);
    assertThat(said()).isEqualToIgnoringNewLines("[c] gone. Wait.");
  }

  @Test
  void aFailureIsOne() {
    int code = report(new FailedException(new Problem("f.csv:3", "wrong", "Correct it")));

    assertThat(code).isEqualTo(1);
    assertThat(said()).isEqualToIgnoringNewLines("[f.csv:3] wrong. Correct it.");
  }

  @Test
  void whatWasStoppedIsSeventyFive() {
    int code = report(new StoppedException(new Problem("t", "stopped", "Start it again")));

    assertThat(code).isEqualTo(75);
    assertThat(said()).isEqualToIgnoringNewLines("[t] stopped. Start it again.");
  }

  @Test
  void aDefectIsAReportWithoutTheArguments() {
    int code =
        report(new IllegalStateException("oops"), "topics", "list", "-K", "sasl.password=secret");

    assertThat(code).isEqualTo(1);
    assertThat(said())
        .contains("a defect of Millrace, not of yours: java.lang.IllegalStateException: oops")
        .contains("version: ", "jdk: ", "command: topics list")
        .contains("at dev.millrace.cli.ErrorReportTest")
        .doesNotContain("secret");
  }

  @Test
  void everyErrorIsOneJsonObjectWhereJsonIsAskedFor() {
    report(new IllegalStateException("oops"), "topics", "list", "--output=json");

    JsonNode error = JsonMapper.shared().readTree(said());
    assertThat(error.get("error").asString()).isEqualTo("defect");
    assertThat(error.get("stack").asString()).contains("oops");
    assertThat(said().lines()).hasSize(1);
  }
}
