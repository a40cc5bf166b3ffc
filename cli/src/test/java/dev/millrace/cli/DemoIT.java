package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DemoIT {
  @TempDir private Path cache;

  @Test
  void everyRecordIsAccountedFor() {
    // When
    Millrace demo = run("demo", "--records", "400", "--output", "json");
    // Then
    assertThat(demo.code()).as(demo.err()).isZero();
    JsonNode summary = demo.json();
    assertThat(summary.get("records").asInt()).isEqualTo(400);
    assertThat(summary.get("complete").asBoolean()).isTrue();
    assertThat(summary.get("accounted").asBoolean()).isTrue();
    assertThat(summary.get("firstMessageSeconds").asDouble()).isPositive();
    JsonNode topics = summary.get("topics");
    assertThat(topics.get("client.signed_up").asInt()).isEqualTo(100);
    assertThat(topics.get("predict.topic").asInt()).isEqualTo(100);
    assertThat(topics.get("campaign.emails").asInt()).isBetween(1, 99);
    assertThat(topics.get("sales_input").asInt()).isEqualTo(300);
    assertThat(topics.get("sales_validated").asInt() + topics.get("sales_error").asInt())
        .isEqualTo(300);
    assertThat(summary.get("functions").findValuesAsString("name"))
        .containsExactly("predict", "campaign", "validate-sales");
  }

  @Test
  void aPersonSeesARecordOfEveryTopic() {
    // When
    Millrace demo = run("demo", "--records", Integer.toString(DemoEvents.SAMPLE));
    // Then
    assertThat(demo.code()).as(demo.err()).isZero();
    for (String topic : DemoTally.TOPICS) {
      assertThat(demo.out()).containsPattern("\n    " + topic + " +\\{\"");
    }
    assertThat(demo.out())
        .contains("client.signed_up -> predict -> predict.topic -> campaign -> campaign.emails")
        .contains("Every sale is accounted for, once: 6 in = 5 validated + 1 errors.")
        .doesNotContain("\u001b");
    assertThat(demo.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void aWrongNumberIsRefused() {
    // When
    Millrace demo = run("demo", "--records", "0");
    // Then
    assertThat(demo.code()).isEqualTo(ExitCode.USAGE);
    assertThat(demo.err()).contains("[--records] 0 is no number of events");
  }

  private Millrace run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            StandardOutput.to(out),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            Map.of("MILLRACE_CACHE", cache.toString()),
            new Stop());
    int code = Main.run(args, console);
    return new Millrace(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
