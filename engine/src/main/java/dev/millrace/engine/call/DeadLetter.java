package dev.millrace.engine.call;

import dev.millrace.engine.core.Action;
import dev.millrace.engine.core.Failure;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/// A record on a dead-letter topic: the original key, value and headers as they were, and headers
/// of ours that say where it came from and what was wrong. Each of those is bounded.
///
/// @param topic where it was read originally
/// @param partition of that topic
/// @param offset in that partition
/// @param timestamp of the original, milliseconds since the epoch
/// @param origin ids of the original's cluster and topic with a slash between, for its idempotency
///   key
/// @param function that could not deal with it
/// @param version of the function's code, as [FunctionDefinition#version]; may be empty
/// @param error the class of what was thrown, or `Unreadable`, `InvalidOutput`, `Overdue`,
///   `Verdict`
/// @param message what it said, at most 1,000 characters
/// @param stack the author's frames, at most 4,000 characters; empty where nothing was thrown
/// @param fingerprint what dead letters of the same cause have in common
/// @param attempts how many calls were made with it
/// @param first when it failed first
/// @param last when it was given up
/// @param hops how often it was a dead letter, this time included
public record DeadLetter(
    String topic,
    int partition,
    long offset,
    long timestamp,
    String origin,
    String function,
    String version,
    String error,
    String message,
    String stack,
    String fingerprint,
    int attempts,
    Instant first,
    Instant last,
    int hops) {
  private static final String PREFIX = "millrace-dlq-";
  private static final int MOST_MESSAGE = 1_000;
  private static final int MOST_STACK = 4_000;
  private static final int MOST_FINGERPRINT = 300;

  /// The topic of a function's dead letters from this topic; of dead letters it is the topic
  /// itself.
  public static String topic(String function, String topic) {
    String end = "." + function + ".dlq";
    return topic.endsWith(end) ? topic : topic + end;
  }

  /// What becomes of a record that the function could not deal with.
  ///
  /// @param record as it was read; possibly from a dead-letter topic
  /// @param origin ids of the cluster and of the topic it was read from
  public static DeadLetter of(
      FunctionDefinition function,
      Action.Letter<ConsumerRecord<byte[], byte[]>> letter,
      String origin,
      Instant now) {
    ConsumerRecord<byte[], byte[]> record = letter.record();
    Optional<DeadLetter> former = former(function.name(), record);
    Failure failure = letter.failure();
    Throwable cause = failure.cause();
    String stack = stack(failure, function.method().getDeclaringClass());
    String error = error(failure);
    String message = cut(message(cause), MOST_MESSAGE);
    return new DeadLetter(
        former.map(DeadLetter::topic).orElse(record.topic()),
        former.map(DeadLetter::partition).orElse(record.partition()),
        former.map(DeadLetter::offset).orElse(record.offset()),
        former.map(DeadLetter::timestamp).orElse(record.timestamp()),
        former.map(DeadLetter::origin).orElse(origin),
        function.name(),
        function.version(),
        error,
        message,
        cut(stack, MOST_STACK),
        fingerprint(error, message, stack),
        letter.attempts(),
        now.minusMillis(letter.sinceMillis()),
        now,
        former.map(DeadLetter::hops).orElse(0) + 1);
  }

  /// What it was before, if it is read from the function's own dead letters.
  private static Optional<DeadLetter> former(
      String function, ConsumerRecord<byte[], byte[]> record) {
    return of(record.headers())
        .filter(letter ->
            letter.function.equals(function)
                && record.topic().equals(topic(function, letter.topic)));
  }

  private static String error(Failure failure) {
    return switch (failure) {
      case Failure.FunctionFailed(Throwable cause) -> cause.getClass().getName();
      case Failure.Defect(Throwable cause) -> cause.getClass().getName();
      case Failure.Overdue f -> "Overdue";
      case Failure.Unreadable f -> "Unreadable";
      case Failure.InvalidOutput f -> "InvalidOutput";
      case Failure.Verdict f -> "Verdict";
      case Failure.Unavailable f -> "Unavailable";
      case Failure.Unreachable f -> "Unreachable";
      case Failure.DeadLetterRefused f -> "DeadLetterRefused";
      case Failure.TooManyDeadLetters f -> "TooManyDeadLetters";
    };
  }

  private static String message(Throwable cause) {
    return switch (cause) {
      case UnreadableException e -> e.problem().what();
      case InvalidOutputException e -> e.problem().what();
      default -> cause.getMessage() == null ? "" : cause.getMessage();
    };
  }

  private static String stack(Failure failure, Class<?> authors) {
    // A verdict's reason says it, and what cannot be read or written says where.
    Throwable thrown =
        failure instanceof Failure.FunctionFailed ? failure.cause() : failure.cause().getCause();
    return thrown == null ? "" : AuthorStack.render(thrown, authors);
  }

  /// The class with the author's topmost frame; without one the words, whose numbers differ from
  /// record to record.
  private static String fingerprint(String error, String message, String stack) {
    String frame =
        stack.lines().filter(line -> line.startsWith("    at ")).findFirst().orElse("").strip();
    String words = frame.isEmpty() ? message.replaceAll("[0-9]+", "#") : frame;
    return cut(words.isEmpty() ? error : error + " " + words, MOST_FINGERPRINT);
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + "…";
  }

  /// The record for the dead-letter topic.
  ///
  /// @param failed as it was read
  OutgoingRecord record(ConsumerRecord<byte[], byte[]> failed) {
    List<Header> headers = new ArrayList<>();
    if (former(function, failed).isPresent()) {
      headers.addAll(original(failed.headers()));
    } else {
      failed.headers().forEach(headers::add);
    }
    put(headers, "topic", topic);
    put(headers, "partition", Integer.toString(partition));
    put(headers, "offset", Long.toString(offset));
    put(headers, "timestamp", Long.toString(timestamp));
    put(headers, "origin", origin);
    put(headers, "function", function);
    if (!version.isEmpty()) {
      put(headers, "version", version);
    }
    put(headers, "error", error);
    put(headers, "message", message);
    put(headers, "stack", stack);
    put(headers, "fingerprint", fingerprint);
    put(headers, "attempts", Integer.toString(attempts));
    put(headers, "first", first.toString());
    put(headers, "last", last.toString());
    put(headers, "hops", Integer.toString(hops));
    return new OutgoingRecord(topic(function, topic), failed.key(), failed.value(), headers);
  }

  private static void put(List<Header> headers, String name, String text) {
    headers.add(new RecordHeader(PREFIX + name, text.getBytes(StandardCharsets.UTF_8)));
  }

  /// What the headers of a record on a dead-letter topic say; empty for any other record.
  public static Optional<DeadLetter> of(Headers headers) {
    String topic = text(headers, "topic");
    OptionalLong partition = number(headers, "partition");
    OptionalLong offset = number(headers, "offset");
    if (topic.isEmpty() || partition.isEmpty() || offset.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new DeadLetter(
            topic,
            (int) partition.getAsLong(),
            offset.getAsLong(),
            number(headers, "timestamp").orElse(-1),
            text(headers, "origin"),
            text(headers, "function"),
            text(headers, "version"),
            text(headers, "error"),
            text(headers, "message"),
            text(headers, "stack"),
            text(headers, "fingerprint"),
            (int) number(headers, "attempts").orElse(0),
            instant(headers, "first"),
            instant(headers, "last"),
            (int) number(headers, "hops").orElse(1)));
  }

  /// A record as it was before it became a dead letter: its coordinates, timestamp and headers. Any
  /// other record as it is.
  public static ConsumerRecord<byte[], byte[]> restored(ConsumerRecord<byte[], byte[]> record) {
    return of(record.headers())
        .map(letter ->
            new ConsumerRecord<>(
                letter.topic,
                letter.partition,
                letter.offset,
                letter.timestamp,
                TimestampType.CREATE_TIME,
                record.serializedKeySize(),
                record.serializedValueSize(),
                record.key(),
                record.value(),
                new RecordHeaders(original(record.headers())),
                Optional.empty()))
        .orElse(record);
  }

  private static List<Header> original(Headers headers) {
    List<Header> theirs = new ArrayList<>();
    for (Header header : headers) {
      if (!header.key().startsWith(PREFIX)) {
        theirs.add(header);
      }
    }
    return theirs;
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(PREFIX + name);
    byte @Nullable [] value = header == null ? null : header.value();
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }

  private static OptionalLong number(Headers headers, String name) {
    String text = text(headers, name);
    return text.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  private static Instant instant(Headers headers, String name) {
    try {
      return Instant.parse(text(headers, name));
    } catch (DateTimeException notOne) {
      return Instant.EPOCH;
    }
  }
}
