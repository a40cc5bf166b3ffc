package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TestFunctionsTest {
  @TempDir private Path folder;
  private Path receipts;

  @BeforeEach
  void write() throws IOException {
    receipts =
        Files.writeString(
            folder.resolve("Receipts.java"),
            """
            import dev.millrace.Emit;
            import dev.millrace.KafkaFunction;
            import dev.millrace.Message;
            import dev.millrace.Output;
            import java.util.ArrayList;
            import java.util.List;

            public class Receipts {
              public record Order(String id, double amount) {}

              public record Receipt(String order, String key) {}

              @KafkaFunction(name = "receipts", topics = "orders", batchSize = 1,
                  outputs = @Output(topic = "receipts", schema = Receipt.class))
              public List<Emit<Receipt>> receipts(List<Message<Order>> orders) {
                List<Emit<Receipt>> all = new ArrayList<>();
                for (Message<Order> order : orders) {
                  if (order.value().amount() < 0) {
                    throw new IllegalStateException("no credit");
                  }
                  all.add(Emit.from(order, new Receipt(order.value().id(), "" + order.key())));
                }
                return all;
              }

              @KafkaFunction(name = "total", topics = "orders",
                  outputs = @Output(topic = "totals"))
              public String total(Order order) {
                return "" + order.amount();
              }
            }
            """);
  }

  private Millrace test(String... args) {
    return new TestConsole(folder.resolve("cache"))
        .run(Stream.concat(Stream.of("test"), Stream.of(args)).toArray(String[]::new));
  }

  private String file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text).toString();
  }

  @Test
  void aTableShowsWhatBecameOfEachMessage() throws IOException {
    // Given values that come one by one, one of them as consume prints it
    String sample =
        file(
            "sample.jsonl",
            """
            {"id": "a", "amount": 1}
            {"topic": "orders", "partition": 0, "offset": 4, "timestamp": null, "key": "k", "value": {"id": "b", "amount": 2.50}, "headers": {"h": ["1", "2"]}}
            {"id": "c", "amount": "much"}
            {"id": "d", "amount": -1}
            """);
    // When
    Millrace run = test(receipts.toString(), "--function", "receipts", "--sample", sample);
    // Then
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out())
        .contains("MESSAGE       VALUE                          VERDICT     OUTPUT")
        .containsPattern(
            "orders-0 @ 0  \\{\"id\": \"a\", .*ok +receipts +\\{\"order\":\"a\",\"key\":\"null\"}")
        .containsPattern("orders-0 @ 4  .*ok +receipts, key k +\\{\"order\":\"b\",\"key\":\"k\"}")
        .contains(
            "[receipts, orders-0 @ 2] the message cannot be read as Order at /amount: must be a"
                + " number, and is text.")
        .contains(
            "java.lang.IllegalStateException: no credit\n"
                + "        at Receipts.receipts(Receipts.java:")
        .endsWith("[receipts] 4 messages: 2 done, 2 failed; outputs: 2 to receipts\n");
  }

  @Test
  void samplesNeedNoSecretsOfTheCluster() throws IOException {
    // Given
    String sample = file("sample.jsonl", "{\"id\": \"a\", \"amount\": 1}\n");
    String settings =
        file(
            "settings.yaml",
            "kafka: {security.protocol: SSL, ssl.key.password: \"${env:NOT_THERE}\"}\n");
    String[] words = {
      receipts.toString(), "--function", "total", "--config", settings, "--sample", sample
    };
    // When
    Millrace run = test(words);
    // Then
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(
            test(receipts.toString(), "--function", "total", "--config", settings, "--last", "1")
                .err())
        .contains("NOT_THERE");
  }

  @Test
  void programsGetTheSameAsJson() throws IOException {
    // Given
    String sample = file("sample.jsonl", "{\"id\": \"a\", \"amount\": 1}\n\"text\"\n");
    // When
    Millrace run =
        test(receipts.toString(), "--function", "total", "--sample", sample, "--output", "json");
    // Then
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    JsonNode function = run.json().get("functions").get(0);
    assertThat(function.get("function").asString()).isEqualTo("total");
    assertThat(function.get("passed").asBoolean()).isFalse();
    assertThat(function.get("outputs").get("totals").asInt()).isEqualTo(1);
    JsonNode first = function.get("messages").get(0);
    assertThat(first.get("verdict").asString()).isEqualTo("ok");
    assertThat(first.get("outputs").get(0).get("value").asDouble()).isEqualTo(1.0);
    JsonNode second = function.get("messages").get(1);
    assertThat(second.get("verdict").asString()).isEqualTo("unreadable");
    assertThat(second.get("value").asString()).isEqualTo("text");
    assertThat(second.get("failure").asString()).contains("is not JSON");
    assertThat(run.json().get("tests").isEmpty()).isTrue();
  }

  @Test
  void samplesBesideTheFileAreTakenOfThemselves() throws IOException {
    // Given
    file("samples/receipts.jsonl", "{\"id\": \"a\", \"amount\": 1}\n");
    file("samples/total.jsonl", "{\"id\": \"a\", \"amount\": 1}\n");
    // When
    Millrace run = test(receipts.toString());
    // Then
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("[receipts] 1 message: 1 done, 0 failed; outputs: 1 to receipts")
        .contains("[total] 1 message: 1 done, 0 failed; outputs: 1 to totals");
  }

  @Test
  void aSavedSampleIsOneAgain() throws IOException {
    // Given
    String sample = file("sample.csv", "id,amount\na,1\nb,2.5\n");
    String saved = folder.resolve("kept/saved.jsonl").toString();
    test(receipts.toString(), "--function", "total", "--sample", sample, "--save", saved);
    // When
    Millrace again = test(receipts.toString(), "--function", "total", "--sample", saved);
    // Then
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).contains("{\"id\":\"b\",\"amount\":2.5}", "2 done, 0 failed");
    Millrace overwriting =
        test(receipts.toString(), "--function", "total", "--sample", sample, "--save", saved);
    assertThat(overwriting.code()).isEqualTo(ExitCode.USAGE);
    assertThat(overwriting.err()).contains("saved.jsonl] is there already.");
  }

  @Test
  void testsAmongTheFilesAreRun() throws IOException {
    // Given
    String tests =
        file(
            "ReceiptsTest.java",
            """
            import static org.assertj.core.api.Assertions.assertThat;

            import dev.millrace.testing.FunctionTester;
            import org.junit.jupiter.api.Disabled;
            import org.junit.jupiter.api.Nested;
            import org.junit.jupiter.api.Test;
            import org.junit.jupiter.params.ParameterizedTest;
            import org.junit.jupiter.params.provider.ValueSource;

            class ReceiptsTest {
              @ParameterizedTest
              @ValueSource(strings = {"a", "b"})
              void works(String id) {
                assertThat(
                        FunctionTester.of(Receipts.class, "receipts")
                            .send(new Receipts.Order(id, 1)))
                    .succeeded();
              }

              @Nested
              class Inner {
                @Test
                void fails() {
                  assertThat(FunctionTester.of(Receipts.class, "total").send("x")).succeeded();
                }
              }

              @Test
              @Disabled("later")
              void waits() {}
            }
            """);
    // When
    Millrace run = test(receipts.toString(), tests);
    // Then
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out())
        .containsPattern("ReceiptsTest +\\[1] id ?= ?\"?a\"? +ok")
        .containsPattern("ReceiptsTest\\$Inner +fails\\(\\) +failed")
        .containsPattern("ReceiptsTest +waits\\(\\) +skipped")
        .contains("[ReceiptsTest, waits()] skipped\n    later\n")
        .contains("the message cannot be read as Order: is not JSON, byte 0")
        .contains("at ReceiptsTest$Inner.fails(ReceiptsTest.java:")
        .endsWith("4 tests, 1 failed\n");
  }

  @Test
  void aSampleOfNothingIsNotSaved() throws IOException {
    // Given
    String test =
        file(
            "AnyTest.java",
            """
            import org.junit.jupiter.api.Test;

            class AnyTest {
              @Test
              void passes() {}
            }
            """);
    // When
    Millrace run =
        test(receipts.toString(), test, "--function", "total", "--save", folder + "/saved.jsonl");
    // Then
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("[--save] there are no messages to keep.");
  }

  @Test
  void whatIsInAMessageDoesNothingToTheTerminal() throws IOException {
    // Given
    String source =
        file(
            "Echo.java",
            """
            import dev.millrace.KafkaFunction;

            public class Echo {
              @KafkaFunction(name = "echo", topics = "lines")
              public void echo(String line) {
                throw new IllegalStateException(line);
              }
            }
            """);
    String sample = file("sample.jsonl", "\"a\\u001b[2J\\nb\"\n");
    // When
    Millrace run = test(source, "--sample", sample);
    // Then
    assertThat(run.out()).contains("a\\u001b[2J\\nb  failed").doesNotContain("\u001b");
  }

  @Test
  void programsGetValuesAsTheyAreWritten() throws IOException {
    // Given
    String source =
        file(
            "Echo.java",
            """
            import dev.millrace.KafkaFunction;
            import dev.millrace.Output;

            public class Echo {
              @KafkaFunction(name = "echo", topics = "lines", outputs = @Output(topic = "echoes"))
              public String echo(String line) {
                return line;
              }
            }
            """);
    String sample =
        file(
            "sample.jsonl",
            """
            {"topic": "lines", "partition": 0, "offset": 4, "key": "42", "value": {"a": 1.50, "a": 1e400}}
            """);
    // When
    Millrace run = test(source, "--sample", sample, "--output", "json");
    // Then
    assertThat(run.out())
        .contains(
            "\"key\":\"42\",\"value\":{\"a\": 1.50, \"a\": 1e400},\"verdict\":\"ok\"",
            "{\"topic\":\"echoes\",\"key\":\"42\",\"value\":{\"a\": 1.50, \"a\": 1e400},");
  }

  @Test
  void testsFindTheSchemaFilesOfTheirFunctions() throws IOException {
    // Given
    file("total.json", "{\"type\": \"object\", \"required\": [\"sum\"]}");
    String source =
        file(
            "Total.java",
            """
            import dev.millrace.KafkaFunction;
            import dev.millrace.Output;
            import java.util.Map;

            public class Total {
              @KafkaFunction(name = "sum", topics = "orders",
                  outputs = @Output(topic = "sums", schemaFile = "total.json"))
              public Map<String, Object> sum(String order) {
                return Map.of("sum", 1);
              }
            }
            """);
    String test =
        file(
            "TotalTest.java",
            """
            import static org.assertj.core.api.Assertions.assertThat;

            import dev.millrace.testing.FunctionTester;
            import org.junit.jupiter.api.Test;

            class TotalTest {
              @Test
              void sums() {
                assertThat(FunctionTester.of(Total.class).send("a")).hasOutputs("sums", 1);
              }
            }
            """);
    // When
    Millrace run = test(source, test);
    // Then
    assertThat(run.code()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).endsWith("1 test, 0 failed\n");
  }

  @Test
  void functionsDoNotSeeWhatTestsSee() throws IOException {
    // Given
    String wrong =
        file(
            "Wrong.java",
            """
            import dev.millrace.KafkaFunction;
            import org.junit.jupiter.api.Test;

            public class Wrong {
              @KafkaFunction(name = "wrong", topics = "orders")
              public void wrong(String order) {}
            }
            """);
    // When
    Millrace run = new TestConsole(folder.resolve("cache")).run("run", wrong);
    // Then
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("org.junit");
  }

  @Test
  void theFormatAndTheValidatorAreThoseOfThePlatform() throws IOException {
    // Given
    LoudJar.pack(folder);
    String platform =
        file("platform.yaml", "plugins: [loud.jar]\nformat: loud\nvalidator: no-milk\n");
    String source =
        file(
            "Copy.java",
            """
            import dev.millrace.KafkaFunction;
            import dev.millrace.Output;

            public class Copy {
              public record Order(String text) {}

              @KafkaFunction(name = "copy", topics = "orders",
                  outputs = @Output(topic = "copies", schema = Order.class))
              public Object copy(String order) {
                return order;
              }
            }
            """);
    String sample = file("sample.txt", "tea\nmilk\n");
    // When
    Millrace run = test(source, "--sample", sample, "--platform", platform);
    // Then
    assertThat(run.out())
        .containsPattern("orders-0 @ 0  .*ok +copies +TEA!")
        .contains("[copy, orders-0 @ 1]", "must be without milk");
  }

  @Test
  void whatIsAmbiguousOrNotThereIsRefused() throws IOException {
    // Given
    String sample = file("sample.jsonl", "1\n");
    String file = receipts.toString();
    // When
    Millrace several = test(file, "--sample", sample);
    // Then
    assertThat(several.code()).isEqualTo(ExitCode.USAGE);
    assertThat(several.err())
        .contains("[--function] there are several functions in the files: receipts, total.");
    assertThat(test(file, "--function", "totl", "--sample", sample).err())
        .contains("Did you mean 'total'?");
    assertThat(test(file, "--function", "total", "--sample", sample, "--last", "3").err())
        .contains("[--sample] messages come from a file or from a topic, not both.");
    assertThat(test(file).err())
        .contains("[receipts] there is nothing to try:", "samples", "receipts.jsonl");
    assertThat(test(file, "--function", "total", "--sample", file("no.jsonl", "no json")).err())
        .contains("no.jsonl:1] this line is not JSON");
    assertThat(test(file, "--function", "total", "--sample", file("none.jsonl", "\n")).err())
        .contains("holds no message");
  }
}
