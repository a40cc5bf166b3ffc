package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.testing.Input;
import dev.millrace.testing.KafkaExtension;
import dev.millrace.testing.TestKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `new` writes compiles, passes its test and runs.
@ExtendWith(KafkaExtension.class)
@Timeout(120)
class NewFunctionIT {
  @TempDir private Path folder;

  private Millrace run(String... args) {
    return new TestConsole(folder.resolve("cache")).run(args);
  }

  /// Does what the printed commands say.
  private void passesAndRuns(String function, Path source) {
    String test = source.toString().replace(".java", "Test.java");
    Millrace tested = run("test", source.toString(), test);
    assertThat(tested.code()).as(tested.out() + tested.err()).isZero();
    assertThat(tested.out())
        .contains("[" + function + "]", " 0 failed; outputs: ", "1 test, 0 failed");
    TestConsole dev = new TestConsole(folder.resolve("cache"));
    CompletableFuture<Millrace> running =
        CompletableFuture.supplyAsync(() ->
            dev.run("dev", source.toString(), "--ephemeral", "--port", "0", "--output", "json"));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> running.isDone() || dev.out().contains("\"bootstrap\""));
    dev.stop.request();
    assertThat(running.join().code()).as(running.join().err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fraud-check", "new"})
  void aFunctionToBeginWith(String name) {
    // When
    Millrace written = run("new", folder.resolve(name).toString());
    // Then
    assertThat(written.code()).as(written.err()).isZero();
    Path source = folder.resolve(Names.of(name).type() + ".java");
    assertThat(written.out()).contains("millrace dev " + source);
    passesAndRuns(name, source);
  }

  @Test
  void aFunctionOverWhatIsInATopic(TestKafka kafka) throws Exception {
    // Given messages with everything that is hard about them
    String topic = kafka.topic("shop.orders");
    kafka.produce(
        topic,
        Input.of(
                """
                {"id": "a\\"\\\\b", "TYPE": "x", "amount": 1, "unit-price": 3.5, "class": 1,
                 "at": "2026-01-31T12:00:00+01:00", "day": "2026-01-31", "note": null,
                 "mixed": 1, "customer": {"id": "0f8fad5b-d9cb-469f-a165-70867728950e"},
                 "items": [{"sku": "s-1", "n": 2}, {"sku": "s-2"}], "list": {"a": true}}\
                """)
            .key("k"),
        """
        {"id": "ü", "TYPE": "y", "amount": 2.5, "unit-price": 3, "class": 2,
         "at": "2026-01-31T12:00:00Z", "day": "2026-01-31", "mixed": "m", "customer": null,
         "items": [], "list": {"a": false}}\
        """,
        Input.tombstone("k"));
    // When
    Millrace written =
        run(
            "new",
            folder.resolve("sales-totals").toString(),
            "--folder",
            "--from-topic",
            topic,
            "--bootstrap",
            kafka.bootstrap());
    // Then
    assertThat(written.code()).as(written.err()).isZero();
    Path source = folder.resolve("sales-totals").resolve("SalesTotals.java");
    assertThat(source)
        .content()
        .contains(
            "    double amount,\n    Instant at,\n    LocalDate day,\n    @Nullable Object note,\n"
                .indent(2),
            "    Object mixed,",
            "@Nullable Customer customer",
            "List<Item> items",
            "public record Item(String sku, @Nullable Long n) {}",
            "Not read, since no component of a record can have such a name: /unit-price, /class.");
    assertThat(Files.readAllLines(source.resolveSibling("samples").resolve("sales-totals.jsonl")))
        .hasSize(3);
    passesAndRuns("sales-totals", source);
    // And its folder can be run as well
    assertThat(run("test", folder.resolve("sales-totals").toString()).out())
        .contains("1 test, 0 failed");
  }

  @Test
  void aFunctionOverLines(TestKafka kafka) {
    // Given
    String topic = kafka.topic("lines");
    kafka.produce(topic, "a \"line\"\twith \\ all", "{\"half\": 1}");
    // When
    Millrace written =
        run(
            "new",
            folder.resolve("Lines").toString(),
            "--from-topic",
            topic,
            "--bootstrap",
            kafka.bootstrap());
    // Then
    assertThat(written.code()).as(written.err()).isZero();
    Path source = folder.resolve("Lines.java");
    assertThat(source).content().contains("List<String> lines(List<String> messages)");
    passesAndRuns("lines", source);
  }

  @Test
  void aFunctionOverLargeMessages(TestKafka kafka) {
    // Given messages that are too large for a constant of Java's, also in pieces
    String topic = kafka.topic("pages");
    kafka.produce(topic, "{\"page\": \"" + "ü\\\\ \\\"".repeat(30_000) + "\"}");
    // When
    Millrace written =
        run(
            "new",
            folder.resolve("Pages").toString(),
            "--from-topic",
            topic,
            "--bootstrap",
            kafka.bootstrap());
    // Then
    assertThat(written.code()).as(written.err()).isZero();
    passesAndRuns("pages", folder.resolve("Pages.java"));
  }

  @Test
  void nothingIsOverwritten(TestKafka kafka) throws Exception {
    // Given
    Path test = Files.writeString(folder.resolve("FraudCheckTest.java"), "mine");
    // When
    Millrace refused = run("new", folder.resolve("FraudCheck").toString());
    // Then
    assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains("FraudCheckTest.java] is there already.");
    assertThat(folder.resolve("FraudCheck.java")).doesNotExist();
    assertThat(test).hasContent("mine");
    assertThat(run("new", folder.resolve("string").toString()).err())
        .contains("the class String would hide another");
    String empty = kafka.topic("empty");
    assertThat(
            run(
                    "new",
                    folder.resolve("other").toString(),
                    "--from-topic",
                    empty,
                    "--bootstrap",
                    kafka.bootstrap())
                .err())
        .contains("[" + empty + "] holds no messages to learn from.");
  }
}
