package dev.millrace.cli;

import dev.millrace.Guarantee;
import dev.millrace.OnError;
import dev.millrace.Ordering;
import dev.millrace.cli.live.Span;
import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.OutputTopic;
import dev.millrace.engine.core.Limits;
import dev.millrace.engine.deadletters.FateLog;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.settings.CallSettings;
import dev.millrace.engine.settings.EngineSettings;
import dev.millrace.engine.settings.ErrorRule;
import dev.millrace.engine.settings.FailureSettings;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.RetrySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What will happen to the messages of a function, and what it needs for that, as its settings make
/// it.
///
/// @param function its name
/// @param place class and method
/// @param ordering which messages wait for each other, as the setting says it
/// @param threads where it is called: `platform` or `virtual`
/// @param calls the most calls in flight in a process; null = one for each partition
/// @param callSize the most messages of a call
/// @param guarantee what is promised of each message, as the setting says it
/// @param reads the topics it reads
/// @param writes the topics it writes
/// @param group its consumer group
/// @param consumers the group's members in a process
/// @param repeated the most messages that are seen again after this process was killed
/// @param lost which messages are lost by that; empty = none
/// @param commitMillis how old a finished message is at most before its commit is on its way
/// @param memory the most bytes of messages and outputs in this process
/// @param failures what happens when something fails
/// @param rights the ACLs that its user needs, and those of whoever deals with its dead letters
record Plan(
    String function,
    String place,
    String ordering,
    String threads,
    @Nullable Integer calls,
    int callSize,
    String guarantee,
    List<String> reads,
    List<String> writes,
    String group,
    int consumers,
    long repeated,
    String lost,
    long commitMillis,
    long memory,
    List<Failing> failures,
    List<Right> rights) {
  /// What happens when something fails.
  ///
  /// @param when what fails
  /// @param then what happens
  /// @param turn who has to act, if anybody
  record Failing(String when, String then, String turn) {}

  /// An ACL of Kafka's.
  ///
  /// @param resource `topic`, `group` or `transactional id`
  /// @param name the resource's name
  /// @param operations Kafka's words for what is done with it
  /// @param purpose the commands that need it: `run`, or some of `dlq`
  record Right(String resource, String name, List<String> operations, String purpose) {}

  static Plan of(
      FunctionDefinition definition,
      FunctionSettings settings,
      EngineSettings engine,
      KafkaClients clients) {
    List<String> writes = definition.outputs().stream().map(OutputTopic::topic).toList();
    CallSettings calls = settings.calls();
    long repeated =
        switch (calls.guarantee()) {
          case AT_LEAST_ONCE -> (long) engine.commitRecords() + engine.outstandingRecords();
          case AT_MOST_ONCE -> 0;
        };
    int most = settings.mostCalls();
    long memory = engine.outstandingBytes() + (writes.isEmpty() ? 0 : clients.producerMemory());
    return new Plan(
        definition.name(),
        definition.place(),
        word(calls.ordering()),
        calls.virtual() ? "virtual" : "platform",
        most == Integer.MAX_VALUE ? null : most,
        settings.callSize(definition.input().batch()),
        word(calls.guarantee()),
        definition.topics(),
        writes,
        definition.name(),
        settings.consumers(),
        settings.consumers() * repeated,
        lost(calls),
        engine.commitInterval().toMillis(),
        settings.consumers() * memory,
        failures(definition, settings, !writes.isEmpty()),
        rights(definition, writes));
  }

  private static String word(Enum<?> setting) {
    return setting.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String lost(CallSettings calls) {
    return switch (calls.guarantee()) {
      case AT_LEAST_ONCE -> "";
      case AT_MOST_ONCE ->
          switch (calls.ordering()) {
            case PARTITION -> "what is under way, and at most one more batch of each partition";
            case KEY, NONE ->
                String.format(
                    Locale.ROOT, "at most %,d messages of each partition", Limits.MOST_UNFINISHED);
          };
    };
  }

  private static List<Failing> failures(
      FunctionDefinition definition, FunctionSettings settings, boolean writes) {
    FailureSettings failure = settings.failure();
    CallSettings calls = settings.calls();
    List<Failing> failures = new ArrayList<>();
    failures.add(
        new Failing(
            "the function throws, or takes longer than " + new Span(settings.deadline()),
            search(definition, settings)
                + retries(settings.retry(), failure, calls)
                + then(failure.then(), calls),
            "author"));
    if (calls.ordering() != Ordering.PARTITION) {
      failures.add(
          new Failing(
              "a call that was cancelled goes on all the same",
              calls.ordering() == Ordering.KEY
                  ? "it may overlap the next one for its key"
                  : "it may overlap the one that is made again",
              "author"));
    }
    for (ErrorRule rule : failure.byClass()) {
      int retries = rule.retries().orElse(settings.retry().retries());
      failures.add(
          new Failing(
              "it throws " + rule.exception(),
              (retries == 0
                      ? "the message is not tried again; "
                      : "the same with " + retries + (retries == 1 ? " retry; " : " retries; "))
                  + then(rule.then(), calls),
              "author"));
    }
    failures.add(
        new Failing(
            "a message cannot be read",
            then(failure.unreadable(), calls),
            "who wrote the message"));
    if (failure.writesDeadLetters()) {
      failures.add(
          new Failing(
              "%d messages in a row, or %d %% of the last thousand, became dead letters"
                  .formatted(failure.inARow(), failure.percent()),
              "the next one stops its partition",
              "author"));
      failures.add(
          new Failing(
              "a dead letter cannot be written",
              "its partition stops at it, or waits while the cluster is away",
              "operator"));
    }
    if (writes) {
      failures.add(
          new Failing(
              "an output is undeclared, breaks its schema or is too large",
              (definition.input().batch() ? "the batch is halved until its message is found; " : "")
                  + then(failure.then(), calls),
              "author"));
      failures.add(
          new Failing(
              "the cluster does not take the outputs",
              switch (calls.guarantee()) {
                case AT_LEAST_ONCE -> "the call is made again until it does";
                case AT_MOST_ONCE ->
                    "the call is not made again: what was not taken is lost, and counted as"
                        + " skipped";
              },
              "operator"));
    }
    if (calls.guarantee() == Guarantee.AT_MOST_ONCE) {
      failures.add(
          new Failing(
              "a partition moves away before its calls have ended (drain-on-revoke)",
              "what is under way there is lost",
              "nobody"));
    }
    failures.add(
        new Failing(
            "the cluster is away", "everything waits, and goes on where it was", "operator"));
    return failures;
  }

  private static String then(OnError action, CallSettings calls) {
    return switch (action) {
      case STOP ->
          "its partition stops at it and the others go on"
              + switch (calls.ordering()) {
                case PARTITION -> "";
                case KEY -> "; what is under way of other keys is finished";
                case NONE -> "; what is under way beside it is finished";
              }
              + switch (calls.guarantee()) {
                case AT_LEAST_ONCE -> "";
                case AT_MOST_ONCE -> "; a restart begins behind it";
              };
      case DEAD_LETTER -> "it is written to the dead-letter topic and the partition goes on";
      case SKIP -> "it is passed over: logged, counted, and gone";
    };
  }

  /// Who waits while a message is tried again.
  private static String waiting(CallSettings calls) {
    return switch (calls.ordering()) {
      case PARTITION -> "";
      case KEY -> " while only its key waits";
      case NONE -> " while no other message waits";
    };
  }

  /// Only a batch hides which message it was.
  private static String search(FunctionDefinition definition, FunctionSettings settings) {
    int batch = settings.batchSize();
    if (!definition.input().batch() || batch == 1) {
      return "";
    }
    int halvings = 32 - Integer.numberOfLeadingZeros(batch - 1);
    int whole = settings.retry().retries() == 0 ? 1 : 2;
    return "the batch is "
        + (whole == 1 ? "" : "called once more, then ")
        + "halved until the message at fault stands alone (its neighbours may be handed over "
        + (whole + halvings)
        + " times); ";
  }

  private static String retries(RetrySettings retry, FailureSettings failure, CallSettings calls) {
    if (retry.retries() == 0) {
      return "";
    }
    Duration all = Duration.ZERO;
    Duration wait = retry.delay();
    // After this many doublings every wait is the longest.
    int doublings = Math.min(retry.retries(), 64);
    for (int i = 0; i < doublings; i++) {
      all = all.plus(wait);
      wait =
          wait.compareTo(retry.maxDelay().dividedBy(2)) > 0
              ? retry.maxDelay()
              : wait.multipliedBy(2);
    }
    all = all.plus(retry.maxDelay().multipliedBy(retry.retries() - doublings));
    return "the message is tried %d times more, after %s doubling to at most %s, in all some %s%s%s; then "
        .formatted(
            retry.retries(),
            new Span(retry.delay()),
            new Span(retry.maxDelay()),
            new Span(all),
            all.compareTo(failure.maxAge()) > 0
                ? " but for no longer than " + new Span(failure.maxAge())
                : "",
            waiting(calls));
  }

  private static List<Right> rights(FunctionDefinition definition, List<String> writes) {
    List<String> reads = definition.topics();
    List<String> letters =
        reads.stream().map(topic -> DeadLetter.topic(definition.name(), topic)).distinct().toList();
    List<Right> rights = new ArrayList<>();
    rights.add(new Right("group", definition.name(), List.of("READ"), "run"));
    rights.addAll(on(reads, "run", "READ", "DESCRIBE"));
    // With WRITE on a topic an idempotent producer needs no IDEMPOTENT_WRITE (Kafka 2.8 and newer).
    rights.addAll(on(writes, "run", "WRITE", "DESCRIBE"));
    rights.addAll(on(letters, "run", "CREATE", "WRITE", "DESCRIBE"));
    List<String> fates = List.of(FateLog.TOPIC);
    rights.addAll(on(letters, "dlq", "READ", "DESCRIBE"));
    rights.addAll(on(fates, "dlq", "READ", "DESCRIBE"));
    rights.addAll(on(fates, "dlq redrive, dlq discard", "CREATE", "WRITE"));
    rights.add(
        new Right(
            "transactional id",
            FateLog.transactionalId(definition.name()),
            List.of("WRITE", "DESCRIBE"),
            "dlq redrive"));
    rights.addAll(on(letters, "dlq redrive", "WRITE"));
    rights.addAll(on(writes, "dlq redrive", "WRITE", "DESCRIBE"));
    return rights;
  }

  private static List<Right> on(List<String> topics, String purpose, String... operations) {
    return topics.stream()
        .map(topic -> new Right("topic", topic, List.of(operations), purpose))
        .toList();
  }
}
