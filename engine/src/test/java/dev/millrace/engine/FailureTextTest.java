package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.Ruling;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/// What a person reads when a partition stopped.
class FailureTextTest {
  private static final String STOPPED =
      "The partition stopped here and nothing is lost; the others go on. ";

  private static String text(Failure failure, int attempts) {
    return FailureText.sentence(failure) + ". " + FailureText.advice(failure, attempts);
  }

  @Test
  void ofAFunctionThatThrew() {
    // Given
    Failure failure =
        new Failure.FunctionFailed(
            new ExecutionException(new IllegalStateException("cannot bear 97.")));
    // When
    String text = text(failure, 6);
    // Then
    assertThat(text)
        .isEqualTo(
            "the function threw IllegalStateException: cannot bear 97. Tried 6 times. "
                + STOPPED
                + "Fix the function and run it again.");
  }

  @Test
  void ofACallThatHangs() {
    // Given
    Failure failure = Failure.overdue(Duration.ofSeconds(2));
    // When
    String text = text(failure, 1);
    // Then
    assertThat(text)
        .isEqualTo(
            "the call did not return within 2000 ms and was cancelled. "
                + STOPPED
                + "Make the call faster or the deadline longer, and run it again.");
  }

  @Test
  void ofAMessageThatCannotBeRead() {
    // Given
    Failure failure = new Failure.Unreadable(new IllegalArgumentException("no number at line 1"));
    // When
    String text = text(failure, 1);
    // Then
    assertThat(text)
        .isEqualTo(
            "IllegalArgumentException: no number at line 1. "
                + STOPPED
                + "Let the function accept such records, or ask whoever writes them; then run it"
                + " again.");
  }

  @Test
  void ofAnOutputThatIsWrong() {
    // Given
    Failure failure = new Failure.InvalidOutput(new IllegalArgumentException("too large"));
    // When
    String text = text(failure, 1);
    // Then
    assertThat(text)
        .isEqualTo(
            "IllegalArgumentException: too large. "
                + STOPPED
                + "Fix the function or the schema and run it again.");
  }

  @Test
  void ofAPositionThatIsNotThere() {
    // Given
    Failure failure = new Failure.Unreachable(new IllegalStateException("the log ends at 5"));
    // When
    String text = text(failure, 0);
    // Then
    assertThat(text)
        .isEqualTo(
            "the log ends at 5. "
                + STOPPED
                + "The topic was cut back: stop the function and reset the group's offsets.");
  }

  @Test
  void ofAVerdict() {
    // Given
    Failure failure =
        new Failure.Verdict(new Ruling.Stop(), new IllegalStateException("the licence is over."));
    // When
    String text = text(failure, 1);
    // Then
    assertThat(text)
        .isEqualTo(
            "the function stops at the message: the licence is over. "
                + STOPPED
                + "Mend what the reason says, and resume it.");
  }

  @Test
  void ofOtherVerdicts() {
    assertThat(FailureText.sentence(verdict(new Ruling.Skip(), "old")))
        .isEqualTo("the function skips the message: old");
    assertThat(FailureText.sentence(verdict(new Ruling.Retry(-1), "")))
        .isEqualTo("the function asks for the message again");
    assertThat(FailureText.sentence(verdict(new Ruling.DeadLetter(), "no price")))
        .isEqualTo("the function rejects the message: no price");
  }

  private static Failure verdict(Ruling ruling, String reason) {
    return new Failure.Verdict(ruling, new IllegalStateException(reason));
  }

  @Test
  void ofADeadLetterThatTheClusterRefused() {
    // Given
    Failure failure =
        new Failure.DeadLetterRefused(
            new IllegalStateException("not authorized"),
            new Failure.FunctionFailed(new IllegalStateException("cannot")));
    // When
    String text = text(failure, 1);
    // Then
    assertThat(text)
        .isEqualTo(
            "the function threw IllegalStateException: cannot; the cluster refused it as a dead"
                + " letter: IllegalStateException: not authorized. "
                + STOPPED
                + "Give the function the right to write the dead-letter topic, or make the topic's"
                + " max.message.bytes larger; then resume it.");
  }

  @Test
  void ofTooManyDeadLetters() {
    // Given
    Failure failure =
        new Failure.TooManyDeadLetters(
            "the last 100 messages became dead letters",
            new Failure.FunctionFailed(new IllegalStateException("cannot")));
    // When
    String text = text(failure, 1);
    // Then
    assertThat(text)
        .isEqualTo(
            "the last 100 messages became dead letters, and now the function threw"
                + " IllegalStateException: cannot. "
                + STOPPED
                + "The function or what it reads is broken: fix it and resume, or raise"
                + " dead-letters-in-a-row and dead-letters-percent.");
  }

  @Test
  void ofAClusterThatTakesNothing() {
    // Given
    Failure failure = new Failure.Unavailable(new IllegalStateException("no leader"));
    // When
    String text = text(failure, 1);
    // Then
    assertThat(text)
        .isEqualTo(
            "the cluster did not take the outputs: IllegalStateException: no leader. "
                + STOPPED
                + "Look after the cluster and resume it.");
  }

  @Test
  void ofADefect() {
    // Given
    Failure failure = new Failure.Defect(new IllegalStateException("no such call"));
    // When
    String text = text(failure, 1);
    // Then
    assertThat(text)
        .contains("IllegalStateException: no such call. " + STOPPED)
        .endsWith("Please report it with the stack below.");
  }
}
