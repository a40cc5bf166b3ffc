package dev.millrace.engine;

import dev.millrace.engine.call.AuthorStack;
import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.core.Action;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.PartitionId;
import dev.millrace.engine.core.Position;
import dev.millrace.engine.loop.LoopListener;
import dev.millrace.engine.metrics.FunctionMeters;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Puts into the log what people should know of a function. Never a record's contents.
final class RunListener implements LoopListener {
  private static final Logger LOG = LoggerFactory.getLogger(FunctionRun.class);

  private final String function;
  private final Supplier<FunctionDefinition> definition;
  private final FunctionMeters meters;
  private volatile @Nullable LastFailure lastFailure;

  /// @param definition asked at each failure: the code may have been replaced
  RunListener(String function, Supplier<FunctionDefinition> definition, FunctionMeters meters) {
    this.function = function;
    this.definition = definition;
    this.meters = meters;
  }

  Optional<LastFailure> lastFailure() {
    return Optional.ofNullable(lastFailure);
  }

  private void note(PartitionId partition, Position first, int attempt, Failure failure) {
    lastFailure =
        new LastFailure(
            Instant.now(),
            partition + " @ " + first,
            attempt,
            FailureText.sentence(failure),
            stack(failure));
  }

  @Override
  public void retrying(Action.Retrying<ConsumerRecord<byte[], byte[]>> retrying) {
    meters.retried();
    note(retrying.partition(), retrying.first(), retrying.attempt(), retrying.failure());
    LOG.warn(
        "[{}, {} @ {}] {}. Attempt {} failed; again in {} ms.",
        function,
        retrying.partition(),
        retrying.first(),
        FailureText.sentence(retrying.failure()),
        retrying.attempt(),
        retrying.waitMillis());
  }

  @Override
  public void stopped(Action.Stopped<ConsumerRecord<byte[], byte[]>> stopped) {
    note(stopped.partition(), stopped.first(), stopped.attempts(), stopped.failure());
    String stack = stack(stopped.failure());
    LOG.error(
        "[{}, {} @ {}] {}. {}{}",
        function,
        stopped.partition(),
        stopped.first(),
        FailureText.sentence(stopped.failure()),
        FailureText.advice(stopped.failure(), stopped.attempts()),
        below(stack));
  }

  @Override
  public void skipped(Action.Skipped<ConsumerRecord<byte[], byte[]>> skipped) {
    meters.skipped();
    if (skipped.failure() instanceof Failure.Verdict) {
      // The author's own word, maybe of every second message.
      return;
    }
    note(skipped.partition(), skipped.position(), skipped.attempts(), skipped.failure());
    LOG.warn(
        "[{}, {} @ {}] {}. The message is passed over after {}, as {} says.{}",
        function,
        skipped.partition(),
        skipped.position(),
        FailureText.sentence(skipped.failure()),
        FailureText.attempts(skipped.attempts()),
        skipped.failure() instanceof Failure.Unreadable ? "on-unreadable" : "on-error",
        below(stack(skipped.failure())));
  }

  @Override
  public void searching(Action.Searching<ConsumerRecord<byte[], byte[]>> searching) {
    // One line for each batch, whatever it takes to find its culprits.
    LOG.atLevel(searching.half() ? Level.DEBUG : Level.INFO)
        .log(
            "[{}, {} @ {}] a batch of {} messages fails: {}. Its parts are called to find the one.",
            function,
            searching.partition(),
            searching.first(),
            searching.records(),
            FailureText.sentence(searching.failure()));
  }

  @Override
  public void deadLetters(Action.DeadLetters<ConsumerRecord<byte[], byte[]>> letters) {
    for (Action.Letter<ConsumerRecord<byte[], byte[]>> letter : letters.letters()) {
      ConsumerRecord<byte[], byte[]> record = letter.record();
      meters.deadLetter();
      note(
          letters.partition(),
          new Position(record.offset(), Position.NO_EPOCH),
          letter.attempts(),
          letter.failure());
      LOG.warn(
          "[{}, {} @ {}] {}. The message goes to '{}' after {}{}.{}",
          function,
          letters.partition(),
          record.offset(),
          FailureText.sentence(letter.failure()),
          DeadLetter.topic(function, record.topic()),
          FailureText.attempts(letter.attempts()),
          letter.calls() > letter.attempts() ? ", found by " + letter.calls() + " calls" : "",
          below(stack(letter.failure())));
    }
  }

  private static String below(String stack) {
    return stack.isEmpty() ? "" : "\n" + stack;
  }

  /// Nothing where nobody's code threw: the sentence says it all.
  private String stack(Failure failure) {
    if (failure instanceof Failure.DeadLetterRefused(Throwable refusal, Failure letter)) {
      return stack(letter);
    }
    if (failure instanceof Failure.TooManyDeadLetters(String words, Failure letter)) {
      return stack(letter);
    }
    Throwable thrown =
        switch (failure) {
          case Failure.FunctionFailed f -> f.cause();
          case Failure.Defect f -> f.cause();
          case Failure.Unreadable f -> f.cause().getCause();
          case Failure.InvalidOutput f -> f.cause().getCause();
          case Failure.Verdict f -> f.cause().getCause();
          case Failure.DeadLetterRefused f -> null;
          case Failure.TooManyDeadLetters f -> null;
          case Failure.Overdue f -> null;
          case Failure.Unavailable f -> null;
          case Failure.Unreachable f -> null;
        };
    return thrown == null
        ? ""
        : AuthorStack.render(thrown, definition.get().method().getDeclaringClass());
  }

  @Override
  public void expired(TopicPartition partition, long from, long to) {
    LOG.error(
        "[{}, {} @ {}] {} records expired before they were read: the topic's retention deleted"
            + " them. Reading goes on at {}. Give the topic a longer retention, or the function"
            + " more consumers.",
        function,
        partition,
        from,
        to - from,
        to);
  }

  @Override
  public void truncated(TopicPartition partition, long from, long to) {
    LOG.error(
        "[{}, {} @ {}] the cluster lost records that had been read here: an out-of-date replica"
            + " became leader. Reading goes on at {}, where the logs parted. Ask the cluster's"
            + " owner about unclean leader elections.",
        function,
        partition,
        from,
        to);
  }

  @Override
  public void recreated(String topic) {
    LOG.warn(
        "[{}] the topic '{}' was deleted and created again. It is read from its start, like one"
            + " that was never read; what of the former was not read is gone.",
        function,
        topic);
  }

  @Override
  public void unavailable(Exception cause, Duration wait) {
    LOG.warn(
        "[{}] the cluster cannot be used: {}. Nothing is lost; tried again in {} ms.",
        function,
        FailureText.words(cause),
        wait.toMillis());
  }

  @Override
  public void available() {
    LOG.info("[{}] the cluster can be used again.", function);
  }

  @Override
  public void commitFailed(Exception cause) {
    LOG.info(
        "[{}] a commit did not get through: {}. The next one holds it too.",
        function,
        FailureText.words(cause));
  }

  /// What sends the outputs could not be closed; new clients do not need it to be.
  void notClosed(Throwable cause) {
    LOG.warn(
        "[{}] the delivery could not be closed: {}. Nothing is lost: what it had not acknowledged"
            + " is sent again. Correct the plug-in.",
        function,
        FailureText.words(cause));
  }

  @Override
  public void defect(Throwable cause) {
    LOG.error(
        "[{}] a defect of Millrace ended this function. Nothing is lost. Please report it with this"
            + " stack:",
        function,
        cause);
  }
}
