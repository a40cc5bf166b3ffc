package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A method that Millrace calls with the messages of its topics.
///
/// The life of a function:
///
/// 1. The class is created once per process by its constructor without parameters. An
///    [AutoCloseable] class is closed when the function ends.
/// 2. The method is called with messages of **one partition** in their order; the next call for
///    that partition starts when this one has returned. Calls for *different* partitions may run at
///    the same time, on several threads, unless [#concurrency()] is 1. [#ordering()] loosens that:
///    then calls for different keys run at the same time too.
/// 3. What it returns is checked against the declared outputs, sent, and acknowledged by the
///    cluster; then its messages count as done.
/// 4. When it throws, the call is made again, and then in halves until the message at fault stands
///    alone. That is tried again ([#retries()] times, waiting longer each time). Then [#onError()]
///    decides; as a rule its partition stops: nothing is lost, nothing behind the message is read
///    past it, and the other partitions go on.
///
/// Delivery is **at least once**: after a crash some messages are seen again, so the method must
/// have the same effect when called twice with the same message. [Message#idempotencyKey()] is the
/// same each time. [#guarantee()] says otherwise where losing a message is better than seeing it
/// twice.
///
/// The first parameter is a list (a batch) or a single message, of
///
/// - `String` (UTF-8) or `byte[]`: the value as it is,
/// - `Map<String, Object>`: a JSON object as plain Java values,
/// - a record or a class: read from JSON; unknown fields are ignored, and a component is required
///   unless it is `@Nullable` or `Optional`,
/// - [Message] of any of these: the value with its key, headers, timestamp and coordinates.
///
/// Behind it may stand [Verdicts], by which the method says which messages are to be skipped,
/// handed over again or put aside.
///
/// It returns nothing, a value or a list of values for the one declared output, a map from topic to
/// list for several, or a `CompletionStage` of any of these. A value may be wrapped in an [Emit]. A
/// message without a value (a tombstone) reaches only functions that take [Message].
///
/// An empty string, an empty array or -1 means "not set here": the platform's setting or default
/// holds. The same names in kebab-case are settings in `millrace.yaml`, flags and environment
/// variables.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface KafkaFunction {
  /// The function's name: its consumer group, and its name in logs, metrics and commands. Letters,
  /// digits, `.`, `_` and `-`.
  String name();

  /// The topics it reads.
  String[] topics();

  /// The topics it writes, with their schemas. An event for any other topic is an error.
  Output[] outputs() default {};

  /// Where a group without committed offsets starts: `earliest` (default), `latest`, a time such as
  /// `2026-01-31T00:00:00Z`, or how far back such as `2h` or `P7D`.
  String start() default "";

  /// The most messages handed to one call. Default 500. A method that takes a single message is
  /// called for each of them; with an [#ordering()] other than by partition each is a call of its
  /// own.
  int batchSize() default -1;

  /// How long to wait for a batch to fill, such as `200ms`. Default `0`: take what is there.
  String batchWait() default "";

  /// Members of the consumer group in this process. Default 1.
  int consumers() default -1;

  /// Which messages wait for each other; one of them. Default [Ordering#PARTITION].
  Ordering[] ordering() default {};

  /// The most calls in flight in this process. Default: one for each partition; with another
  /// [#ordering()] 200 on virtual threads, one for each processor on platform threads.
  int concurrency() default -1;

  /// The threads on which it is called; one of them. Default [Threads#AUTO].
  Threads[] threads() default {};

  /// What holds when a process dies; one of them. Default [Guarantee#AT_LEAST_ONCE].
  Guarantee[] guarantee() default {};

  /// How often a message that fails is tried again before [#onError()] decides. Default 5.
  int retries() default -1;

  /// What becomes of a message that failed and that no retry helped; one of them. Default
  /// [OnError#STOP].
  OnError[] onError() default {};

  /// The same for exceptions of some classes: `IOException=stop`, `BadPrice=dead-letter after 0
  /// retries`. Simple or full names; the class nearest to the exception counts.
  String[] onErrorFor() default {};

  /// What becomes of a message that cannot be read as the function's input; one of them. Default
  /// [OnError#DEAD_LETTER].
  OnError[] onUnreadable() default {};

  /// The longest a call may take, such as `30s`; then it is cancelled and counts as failed. Default
  /// `5m`.
  String deadline() default "";

  /// Who owns the function.
  String owner() default "";

  /// How to reach the owner.
  String contact() default "";

  /// What it is for, in a sentence.
  String description() default "";
}
