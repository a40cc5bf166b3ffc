package dev.millrace.engine;

import dev.millrace.engine.call.InvalidOutputException;
import dev.millrace.engine.call.UnreadableException;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.Ruling;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// The words for a failure: what happened, and what to do.
public final class FailureText {
  private FailureText() {}

  /// What happened, without a full stop.
  public static String sentence(Failure failure) {
    return switch (failure) {
      case Failure.FunctionFailed f -> "the function threw " + words(f.cause());
      case Failure.Overdue f -> f.cause().getMessage() + " and was cancelled";
      case Failure.Unreadable f -> ofRecord(f.cause());
      case Failure.InvalidOutput f -> ofRecord(f.cause());
      case Failure.Unavailable f -> "the cluster did not take the outputs: " + words(f.cause());
      case Failure.Unreachable f -> String.valueOf(f.cause().getMessage());
      case Failure.Verdict f -> verdict(f.ruling()) + because(f.cause().getMessage());
      case Failure.DeadLetterRefused f ->
          sentence(f.letter())
              + "; the cluster refused it as a dead letter: "
              + ofRecord(f.cause());
      case Failure.TooManyDeadLetters f -> f.words() + ", and now " + sentence(f.letter());
      case Failure.Defect f -> "a defect of Millrace: " + words(f.cause());
    };
  }

  /// What it means and what to do, when the partition stopped.
  static String advice(Failure failure, int attempts) {
    String then = "The partition stopped here and nothing is lost; the others go on. ";
    return switch (failure) {
      case Failure.FunctionFailed f ->
          tried(attempts) + then + "Fix the function and run it again.";
      case Failure.Overdue f ->
          tried(attempts) + then + "Make the call faster or the deadline longer, and run it again.";
      case Failure.Unreadable f ->
          then
              + advice(
                  f.cause(),
                  "Let the function accept such records, or ask whoever writes them; then run it"
                      + " again")
              + ".";
      case Failure.InvalidOutput f ->
          then + advice(f.cause(), "Fix the function or the schema and run it again") + ".";
      case Failure.Unreachable f ->
          then + "The topic was cut back: stop the function and reset the group's offsets.";
      case Failure.Verdict f -> then + "Mend what the reason says, and resume it.";
      case Failure.DeadLetterRefused f ->
          then
              + "Give the function the right to write the dead-letter topic, or make the topic's"
              + " max.message.bytes larger; then resume it.";
      case Failure.TooManyDeadLetters f ->
          then
              + "The function or what it reads is broken: fix it and resume, or raise"
              + " dead-letters-in-a-row and dead-letters-percent.";
      case Failure.Unavailable f -> then + "Look after the cluster and resume it.";
      case Failure.Defect f -> then + "Please report it with the stack below.";
    };
  }

  /// Without the place, which whoever prints it knows.
  private static String ofRecord(Throwable cause) {
    return switch (cause) {
      case UnreadableException e -> e.problem().what();
      case InvalidOutputException e -> e.problem().what();
      default -> words(cause);
    };
  }

  /// The call's own advice where it has some.
  private static String advice(Throwable cause, String otherwise) {
    return switch (cause) {
      case UnreadableException e -> e.problem().advice();
      case InvalidOutputException e -> e.problem().advice();
      default -> otherwise;
    };
  }

  private static String verdict(Ruling ruling) {
    return switch (ruling) {
      case Ruling.Skip r -> "the function skips the message";
      case Ruling.Retry r -> "the function asks for the message again";
      case Ruling.DeadLetter r -> "the function rejects the message";
      case Ruling.Stop r -> "the function stops at the message";
    };
  }

  private static String because(@Nullable String reason) {
    String text = reason == null ? "" : reason.strip();
    return text.isEmpty()
        ? ""
        : ": " + (text.endsWith(".") ? text.substring(0, text.length() - 1) : text);
  }

  /// Such as `1 attempt`.
  static String attempts(int attempts) {
    return attempts + (attempts == 1 ? " attempt" : " attempts");
  }

  private static String tried(int attempts) {
    return attempts > 1 ? "Tried " + attempts + " times. " : "";
  }

  /// A throwable in a clause: its message where it says enough, else its class as well.
  static String words(Throwable thrown) {
    Throwable cause =
        thrown instanceof ExecutionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    String message = cause.getMessage();
    String name = cause.getClass().getSimpleName();
    String text = message == null || message.isBlank() ? name : name + ": " + message.strip();
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }
}
