package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ExplainTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file =
        Files.writeString(
            folder.resolve("Copy.java"),
            """
            import dev.millrace.*;
            import java.util.List;
            public class Copy {
              @KafkaFunction(name = "copy", topics = "in", outputs = @Output(topic = "out"), consumers = 2)
              public List<String> copy(List<String> messages) { return messages; }
              @KafkaFunction(name = "watch", topics = "in")
              public void watch(List<String> messages) {}
            }
            """);
  }

  @Test
  void saysThePlanOfEachFunction() {
    // When
    Millrace run = explain();

    // Then
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .containsSequence(
            "copy, which is Copy.copy",
            "  reads         in, as the consumer group copy",
            "  writes        out",
            "  order         partition: the messages of a partition in their order, one call at a"
                + " time",
            "  calls         one at a time for each partition, on platform threads, with up to 500"
                + " messages each",
            "  guarantee     at-least-once: nothing is lost, and some messages may be seen again",
            "  after a kill  at most 100,000 messages are seen again: for each of 2 consumers"
                + " 30,000 finished (commit-records) and 20,000 at work (outstanding-records)",
            "                finished are those of the last 500 ms (commit-interval) and what a"
                + " commit takes; longer while the cluster takes none",
            "  memory        at most 96 MiB of messages and outputs, besides what the function"
                + " itself takes",
            "  when          the function throws, or takes longer than 5 min, the batch is called"
                + " once more, then halved until the message at fault stands alone (its neighbours"
                + " may be handed over 11 times); the message is tried 5 times more, after 200 ms"
                + " doubling to at most 30 s, in all some 6.2 s; then its partition stops at it and"
                + " the others go on. To act: author")
        .contains(
            "  needs         READ on the group copy",
            "  needs         READ, DESCRIBE on the topic in",
            "  needs         WRITE, DESCRIBE on the topic out",
            "  needs         CREATE, WRITE, DESCRIBE on the topic in.copy.dlq",
            "  needs         READ, DESCRIBE on the topic in.copy.dlq, for 'millrace dlq'",
            "  needs         READ, DESCRIBE on the topic __millrace.dlq, for 'millrace dlq'",
            "  needs         CREATE, WRITE on the topic __millrace.dlq, for 'millrace dlq redrive'"
                + " and 'millrace dlq discard'",
            "  needs         WRITE, DESCRIBE on the transactional id millrace-redrive-copy, for"
                + " 'millrace dlq redrive'",
            "  needs         WRITE on the topic in.copy.dlq, for 'millrace dlq redrive'",
            "  needs         WRITE, DESCRIBE on the topic out, for 'millrace dlq redrive'",
            "  writes        nothing");
  }

  @Test
  void isTheSameForPrograms() {
    // When
    Millrace run =
        explain(
            "--output",
            "json",
            "--commit-records",
            "10",
            "--commit-interval",
            "250ms",
            "--retries",
            "0",
            "--consumers",
            "3");

    // Then
    JsonNode plan = run.jsonLines().getFirst().get("functions").get(1);
    assertThat(plan.get("function").asString()).isEqualTo("watch");
    assertThat(plan.get("repeated").asLong()).isEqualTo(3 * 20_010);
    assertThat(plan.get("lost").asString()).isEmpty();
    assertThat(plan.get("ordering").asString()).isEqualTo("partition");
    assertThat(plan.get("threads").asString()).isEqualTo("platform");
    assertThat(plan.get("calls").isNull()).isTrue();
    assertThat(plan.get("guarantee").asString()).isEqualTo("at-least-once");
    assertThat(plan.get("commitMillis").asLong()).isEqualTo(250);
    assertThat(plan.get("memory").asLong()).isEqualTo(3 * (16L << 20));
    assertThat(plan.get("failures").get(0).get("then").asString())
        .isEqualTo(
            "the batch is halved until the message at fault stands alone (its neighbours may be"
                + " handed over 10 times); its partition stops at it and the others go on");
    assertThat(plan.get("rights"))
        .extracting(right -> String.join(" ", texts(right)))
        .containsExactly(
            "group watch [\"READ\"] run",
            "topic in [\"READ\",\"DESCRIBE\"] run",
            "topic in.watch.dlq [\"CREATE\",\"WRITE\",\"DESCRIBE\"] run",
            "topic in.watch.dlq [\"READ\",\"DESCRIBE\"] dlq",
            "topic __millrace.dlq [\"READ\",\"DESCRIBE\"] dlq",
            "topic __millrace.dlq [\"CREATE\",\"WRITE\"] dlq redrive, dlq discard",
            "transactional id millrace-redrive-watch [\"WRITE\",\"DESCRIBE\"] dlq redrive",
            "topic in.watch.dlq [\"WRITE\"] dlq redrive");
  }

  @Test
  void saysWhatAnotherOrderMeans() throws IOException {
    // Given
    Files.writeString(
        file,
        """
        import dev.millrace.*;
        public class Copy {
          @KafkaFunction(name = "copy", topics = "in", ordering = Ordering.KEY)
          public void copy(String message) {}
        }
        """);

    // When
    Millrace run = explain();

    // Then
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .contains(
            "  order         key: messages with the same key one after the other, others side by"
                + " side; without a key they wait for nothing",
            "  calls         at most 200 at the same time, each on a virtual thread, with one"
                + " message each",
            "  when          the function throws, or takes longer than 5 min, the message is tried"
                + " 5 times more, after 200 ms doubling to at most 30 s, in all some 6.2 s while"
                + " only its key waits; then its partition stops at it and the others go on; what"
                + " is under way of other keys is finished. To act: author",
            "  when          a call that was cancelled goes on all the same, it may overlap the"
                + " next one for its key. To act: author");
  }

  @Test
  void saysWhatACrashLosesWhereItRepeatsNothing() {
    // When
    Millrace byPartition = explain("--guarantee", "at-most-once");
    Millrace unordered =
        explain("--guarantee", "at-most-once", "--ordering", "none", "--threads", "platform");

    // Then
    assertThat(byPartition.out())
        .contains(
            "  guarantee     at-most-once: nothing is seen again after a crash, and some messages"
                + " may be lost\n"
                + "  after a kill  no message is seen again; lost is what is under way, and at most"
                + " one more batch of each partition\n")
        .contains("its partition stops at it and the others go on; a restart begins behind it")
        .contains(
            "the cluster does not take the outputs, the call is not made again: what was not taken"
                + " is lost, and counted as skipped");
    assertThat(unordered.out())
        .contains("lost is at most 1,400 messages of each partition\n")
        .containsPattern("at most \\d+ at the same time, on platform threads, with up to 500");
  }

  @Test
  void needsNoSecretsAndNoObjects() throws IOException {
    // Given
    Files.writeString(
        file,
        """
        import dev.millrace.*;
        public class Copy {
          public Copy() { throw new IllegalStateException("no model here"); }
          @KafkaFunction(name = "copy", topics = "in")
          public void copy(String message) {}
        }
        """);
    Path settings =
        Files.writeString(
            folder.resolve("settings.yaml"),
            """
            retries: 0
            kafka:
              security.protocol: SASL_SSL
              sasl.jaas.config: a ${env:NOT_THERE}
            """);

    // When
    Millrace run = explain("--config", settings.toString());

    // Then
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("reads         in", "5 min, its partition stops at it and the others go on");
    assertThat(run.err())
        .contains("NOT_THERE")
        .endsWith("[explain] the settings of the cluster are left out.\n");
  }

  @Test
  void refusesCallsThatCouldNeverBeInFlight() {
    // When
    Millrace run =
        explain("--ordering", "key", "--concurrency", "1500", "--outstanding-records", "1000");

    // Then
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err())
        .contains(
            "[functions.watch] concurrency is 1500 (--concurrency), but no more than"
                + " outstanding-records 1000 (--outstanding-records) are at work at the same"
                + " time.");
    assertThat(run.err()).doesNotContain("[functions.copy]");
  }

  @Test
  void warnsOfRulesForClassesThatDoNotExist() throws IOException {
    // Given
    Files.writeString(
        file,
        """
        import dev.millrace.*;
        public class Copy {
          static class NoPrice extends RuntimeException {}
          static class PriceException extends RuntimeException {}
          @KafkaFunction(name = "copy", topics = "in", onErrorFor = {
              "NoPrice=skip", "Copy.NoPrice=stop", "Copy$NoPrice=stop", "IOException=stop",
              "java.sql.SQLException=stop", "UnresolvedAddressException=stop", "Exception=skip",
              "RecordTooLargeException=skip", "VerdictException=stop",
              "PriseException=skip", "IoExcepton=skip", "java.io.IoException=skip", "Xyzzy=skip"})
          public void copy(String message) {}
        }
        """);

    // When
    Millrace run = explain();

    // Then
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err().lines())
        .containsExactly(
            "[functions.copy] on-error-for has a rule for PriseException, and there is no class of"
                + " this name. Did you mean 'PriceException'?",
            "[functions.copy] on-error-for has a rule for IoExcepton, and there is no class of this"
                + " name. Did you mean 'IOException'?",
            "[functions.copy] on-error-for has a rule for java.io.IoException, and there is no"
                + " class of this name. Did you mean 'java.io.IOException'?",
            "[functions.copy] on-error-for has a rule for Xyzzy, and there is no class of this"
                + " name. Write the name of the exception's class, simple or full.");
    assertThat(run.out()).contains("it throws Xyzzy");
  }

  @Test
  void refusesWhatDoesNotFitTogether() {
    // When
    Millrace run =
        explain(
            "--retry-delay",
            "1m",
            "--batch-wait",
            "1s",
            "--batch-size",
            "100000",
            "--concurrency",
            "1");

    // Then
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err())
        .contains("[functions.copy] retry-delay is 1m (--retry-delay), retry-delay-max only 30s")
        .contains("[functions.copy] concurrency is 1 (--concurrency), less than the 2")
        .contains(
            "[functions.watch] batch-wait is 1s (--batch-wait), but a batch of batch-size 100000"
                + " (--batch-size) never fills: outstanding-records is 20000 (default)");
  }

  private static List<String> texts(JsonNode right) {
    return List.of(
        right.get("resource").asString(),
        right.get("name").asString(),
        right.get("operations").toString(),
        right.get("purpose").asString());
  }

  private Millrace explain(String... options) {
    List<String> words = new java.util.ArrayList<>(List.of("explain", file.toString()));
    words.addAll(List.of(options));
    return new TestConsole(folder.resolve("cache")).run(words.toArray(String[]::new));
  }
}
