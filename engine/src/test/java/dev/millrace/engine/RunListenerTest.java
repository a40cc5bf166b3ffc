package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.core.Action;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.PartitionId;
import dev.millrace.engine.core.Position;
import dev.millrace.engine.core.Ruling;
import dev.millrace.engine.metrics.Meters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the log says of records that fail; never what is in them.
class RunListenerTest {
  private static final PartitionId PARTITION = new PartitionId("in", 3);
  private static final Position AT = new Position(42, Position.NO_EPOCH);

  private final CapturedLog log = new CapturedLog();
  private final FunctionDefinition definition =
      FunctionScanner.scan(List.of(TestFunction.Copy.class), any -> Path.of(".")).getFirst();
  private final RunListener listener =
      new RunListener("copy", () -> definition, new Meters().function("copy"));

  @AfterEach
  void close() {
    log.close();
  }

  private static Failure threw() {
    IllegalStateException thrown = new IllegalStateException("cannot");
    thrown.setStackTrace(new StackTraceElement[0]);
    return new Failure.FunctionFailed(thrown);
  }

  private List<String> firstLines() {
    return log.lines().stream().map(line -> line.lines().findFirst().orElse("")).toList();
  }

  @Test
  void aFailedAttemptSaysWhenTheNextIs() {
    // When
    listener.retrying(new Action.Retrying<>(PARTITION, AT, 2, threw(), 400));
    // Then
    assertThat(log.lines())
        .containsExactly(
            "WARN [copy, in-3 @ 42] the function threw IllegalStateException: cannot. Attempt 2"
                + " failed; again in 400 ms.");
  }

  @Test
  void aSearchSaysWhatItIsFor() {
    // When
    listener.searching(new Action.Searching<>(PARTITION, AT, 500, threw(), false));
    listener.searching(new Action.Searching<>(PARTITION, AT, 250, threw(), true));
    // Then once for each batch
    assertThat(log.lines())
        .containsExactly(
            "INFO [copy, in-3 @ 42] a batch of 500 messages fails: the function threw"
                + " IllegalStateException: cannot. Its parts are called to find the one.");
  }

  @Test
  void aDeadLetterSaysWhereItGoesAndWhatItTook() {
    // Given
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("in", 3, 42, new byte[0], new byte[0]);
    // When
    listener.deadLetters(
        new Action.DeadLetters<>(
            7,
            PARTITION,
            List.of(
                new Action.Letter<>(record, 1, 1, 0, threw()),
                new Action.Letter<>(record, 2, 9, 0, threw()))));
    // Then
    assertThat(firstLines())
        .containsExactly(
            "WARN [copy, in-3 @ 42] the function threw IllegalStateException: cannot. The message"
                + " goes to 'in.copy.dlq' after 1 attempt.",
            "WARN [copy, in-3 @ 42] the function threw IllegalStateException: cannot. The message"
                + " goes to 'in.copy.dlq' after 2 attempts, found by 9 calls.");
  }

  @Test
  void whatThePolicySkipsIsSaidAndWhatTheAuthorSkipsIsNot() {
    // When
    listener.skipped(new Action.Skipped<>(PARTITION, AT, 3, threw()));
    listener.skipped(
        new Action.Skipped<>(
            PARTITION,
            AT,
            1,
            new Failure.Unreadable(new IllegalArgumentException("no JSON at line 1"))));
    listener.skipped(
        new Action.Skipped<>(
            PARTITION,
            AT,
            1,
            new Failure.Verdict(new Ruling.Skip(), new IllegalStateException("old"))));
    // Then
    assertThat(firstLines())
        .containsExactly(
            "WARN [copy, in-3 @ 42] the function threw IllegalStateException: cannot. The message"
                + " is passed over after 3 attempts, as on-error says.",
            "WARN [copy, in-3 @ 42] IllegalArgumentException: no JSON at line 1. The message is"
                + " passed over after 1 attempt, as on-unreadable says.");
  }

  @Test
  void aStopSaysWhatToDo() {
    // When
    listener.stopped(new Action.Stopped<>(PARTITION, AT, 0, 6, threw()));
    // Then
    assertThat(firstLines())
        .containsExactly(
            "ERROR [copy, in-3 @ 42] the function threw IllegalStateException: cannot. Tried 6"
                + " times. The partition stopped here and nothing is lost; the others go on. Fix"
                + " the function and run it again.");
  }

  @Test
  void aTopicForDeadLettersThatCannotBeMadeIsNoReasonNotToRun() {
    // Given an admin client that asks nobody any more
    Admin admin = Admin.create(Map.of("bootstrap.servers", "localhost:1"));
    admin.close(Duration.ZERO);
    // When
    DeadLetterTopics.create(admin, definition);
    // Then
    Awaitility.await().until(() -> !log.lines().isEmpty());
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("WARN [copy] the dead-letter topic 'in.copy.dlq' could not be created: ")
        .endsWith(
            ". The function runs; if the topic is not there, a message that should go to it holds"
                + " up its partition.");
  }
}
