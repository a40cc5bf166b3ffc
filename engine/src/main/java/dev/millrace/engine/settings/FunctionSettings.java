package dev.millrace.engine.settings;

import dev.millrace.Ordering;
import java.time.Duration;
import java.util.OptionalInt;

/// What can be set for one function.
///
/// @param start where a group without committed offsets begins to read
/// @param batchSize the most records handed to one call
/// @param batchBytes the most bytes (keys and values as in Kafka) handed to one call; a single
///   record may be larger
/// @param batchWait how long to wait for a batch to fill; zero = take what is there
/// @param consumers members of the consumer group in this process
/// @param concurrency the most calls in flight in this process; empty = as [#mostCalls] says
/// @param calls how messages come to calls
/// @param retry how a failing call is made again
/// @param failure what becomes of messages that fail
/// @param deadline the longest a call may take before it is cancelled and counts as failed
/// @param owner who owns it; empty = not said
/// @param contact how to reach the owner; empty = not said
/// @param description what it is for, in a sentence; empty = not said
public record FunctionSettings(
    Start start,
    int batchSize,
    int batchBytes,
    Duration batchWait,
    int consumers,
    OptionalInt concurrency,
    CallSettings calls,
    RetrySettings retry,
    FailureSettings failure,
    Duration deadline,
    String owner,
    String contact,
    String description) {
  /// Refuses what is out of range.
  public FunctionSettings {
    Catalogue.START.check(start);
    Catalogue.BATCH_SIZE.check(batchSize);
    Catalogue.BATCH_BYTES.check((long) batchBytes);
    Catalogue.BATCH_WAIT.check(batchWait);
    Catalogue.CONSUMERS.check(consumers);
    Catalogue.CONCURRENCY.check(concurrency);
    Catalogue.DEADLINE.check(deadline);
  }

  /// The same, beginning elsewhere.
  public FunctionSettings withStart(Start elsewhere) {
    return new FunctionSettings(
        elsewhere,
        batchSize,
        batchBytes,
        batchWait,
        consumers,
        concurrency,
        calls,
        retry,
        failure,
        deadline,
        owner,
        contact,
        description);
  }

  /// The same, with messages that come to calls like this.
  public FunctionSettings withCalls(CallSettings other) {
    return new FunctionSettings(
        start,
        batchSize,
        batchBytes,
        batchWait,
        consumers,
        concurrency,
        other,
        retry,
        failure,
        deadline,
        owner,
        contact,
        description);
  }

  /// The most messages of one call. Several single messages would wait for each other in theirs.
  ///
  /// @param lists whether the function takes lists of messages
  public int callSize(boolean lists) {
    return lists || calls.ordering() == Ordering.PARTITION ? batchSize : 1;
  }

  /// The most calls in flight in this process; `Integer.MAX_VALUE` where the partitions alone bound
  /// them.
  public int mostCalls() {
    return concurrency.orElseGet(() -> Math.max(consumers, calls.most()));
  }

  /// The same, with failing calls made again like this.
  public FunctionSettings withRetry(RetrySettings other) {
    return new FunctionSettings(
        start,
        batchSize,
        batchBytes,
        batchWait,
        consumers,
        concurrency,
        calls,
        other,
        failure,
        deadline,
        owner,
        contact,
        description);
  }

  /// The same, with other rules for messages that fail.
  public FunctionSettings withFailure(FailureSettings other) {
    return new FunctionSettings(
        start,
        batchSize,
        batchBytes,
        batchWait,
        consumers,
        concurrency,
        calls,
        retry,
        other,
        deadline,
        owner,
        contact,
        description);
  }

  /// What holds where nobody set anything.
  public static FunctionSettings defaults() {
    return new FunctionSettings(
        Catalogue.START.fallback(),
        Catalogue.BATCH_SIZE.fallback(),
        Math.toIntExact(Catalogue.BATCH_BYTES.fallback()),
        Catalogue.BATCH_WAIT.fallback(),
        Catalogue.CONSUMERS.fallback(),
        Catalogue.CONCURRENCY.fallback(),
        CallSettings.defaults(),
        RetrySettings.defaults(),
        FailureSettings.defaults(),
        Catalogue.DEADLINE.fallback(),
        Catalogue.OWNER.fallback(),
        Catalogue.CONTACT.fallback(),
        Catalogue.DESCRIPTION.fallback());
  }
}
