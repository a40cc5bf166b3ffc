package dev.millrace.engine.call;

import dev.millrace.engine.core.Action;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.metrics.FunctionMeters;
import dev.millrace.plugin.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls a Java function on threads of this process, one for each call in flight, and sends its
/// outputs from there. Thread-safe.
public final class InProcessExecutor implements CallExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(InProcessExecutor.class);

  /// An output that is safely in Kafka, and when by [System#nanoTime].
  public record Sent(OutgoingRecord output, long nanos) {}

  private final Supplier<FunctionInvoker> code;
  private final Delivery.Sender sender;
  private final Mailbox mailbox;
  private final FunctionMeters meters;
  private final Function<String, String> origins;
  private final Supplier<Duration> deadline;
  private final ExecutorService threads;

  /// One thread, so that dead letters come to their topic in their order.
  private final ExecutorService letterThread;

  private final Map<Long, RunningCall> running = new ConcurrentHashMap<>();
  private volatile @Nullable Sent lastSent;

  /// @param name of its threads
  /// @param threads where the function is called: on platform threads, kept for later calls, or on
  ///   a virtual thread for each call
  /// @param code asked at each call: what it says now is called
  /// @param origins cluster id and topic id of a topic, with a slash between
  /// @param deadline the longest a call that begins now may take; the engine cancels it then
  public InProcessExecutor(
      String name,
      Thread.Builder threads,
      Supplier<FunctionInvoker> code,
      Delivery.Sender sender,
      Mailbox mailbox,
      FunctionMeters meters,
      Function<String, String> origins,
      Supplier<Duration> deadline) {
    this.code = code;
    this.sender = sender;
    this.mailbox = mailbox;
    this.meters = meters;
    this.origins = origins;
    this.deadline = deadline;
    String prefix = name + "-call-";
    this.threads =
        switch (threads) {
          case Thread.Builder.OfPlatform kept ->
              Executors.newCachedThreadPool(kept.daemon().name(prefix, 1).factory());
          case Thread.Builder.OfVirtual light ->
              Executors.newThreadPerTaskExecutor(light.name(prefix, 1).factory());
        };
    this.letterThread =
        Executors.newSingleThreadExecutor(
            task -> Thread.ofPlatform().daemon().name(name + "-dead-letters").unstarted(task));
  }

  @Override
  public void start(Action.Call<ConsumerRecord<byte[], byte[]>> call) {
    RunningCall started;
    // Whoever replaces the code and asks for calls of the former finds this one or none.
    synchronized (running) {
      started = new RunningCall(call);
      running.put(call.id(), started);
    }
    threads.execute(started);
  }

  @Override
  public void deadLetters(Action.DeadLetters<ConsumerRecord<byte[], byte[]>> letters) {
    FunctionDefinition function = code.get().definition();
    letterThread.execute(() -> {
      Instant now = Instant.now();
      String origin = origins.apply(letters.partition().topic());
      List<OutgoingRecord> records =
          letters.letters().stream()
              .map(one -> DeadLetter.of(function, one, origin, now).record(one.record()))
              .toList();
      CallReceipt.sendLetters(letters.id(), records, sender, mailbox);
    });
  }

  @Override
  public void cancel(long id) {
    RunningCall call = running.get(id);
    if (call != null) {
      call.cancel();
    }
  }

  @Override
  public void overdue(long id, Duration deadline) {
    RunningCall call = running.get(id);
    if (call != null) {
      call.overdue(Failure.overdue(deadline));
    }
  }

  /// How long the oldest cancelled call has not ended beyond its deadline: its thread is stuck.
  public Duration stuck() {
    long now = System.nanoTime();
    long longest = 0;
    for (RunningCall call : running.values()) {
      if (call.cancelledNanos != 0) {
        long overdue = call.startedNanos + call.limit.toNanos();
        longest = Math.max(longest, now - Math.max(call.cancelledNanos, overdue));
      }
    }
    return Duration.ofNanos(longest);
  }

  /// Whether a call of this code is under way, cancelled ones included.
  public boolean calls(FunctionInvoker one) {
    synchronized (running) {
      return running.values().stream().anyMatch(call -> call.invoker == one);
    }
  }

  /// Whether no call is under way.
  public boolean isIdle() {
    return running.isEmpty();
  }

  private void sent(OutgoingRecord last) {
    lastSent = new Sent(last, System.nanoTime());
  }

  /// The last output of the call whose outputs were all acknowledged last.
  public Optional<Sent> lastSent() {
    return Optional.ofNullable(lastSent);
  }

  @Override
  public void close() {
    running.values().forEach(RunningCall::cancel);
    threads.shutdownNow();
    letterThread.shutdownNow();
  }

  private enum Phase {
    CALLING,
    /// Nothing of it is wanted but its end.
    CANCELLED,
    /// It has been told.
    ENDED
  }

  private final class RunningCall implements Runnable {
    private final long id;
    private final FunctionInvoker invoker;
    private final FunctionCall call;
    private final Duration limit = deadline.get();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.CALLING);
    private final long startedNanos = System.nanoTime();
    private volatile long cancelledNanos;

    RunningCall(Action.Call<ConsumerRecord<byte[], byte[]>> call) {
      this.id = call.id();
      this.invoker = code.get();
      TopicPartition partition = KafkaPartition.of(call.partition());
      this.call =
          invoker.call(
              new CallRequest(
                  partition,
                  call.records(),
                  call.attempt(),
                  call.upToUnreadable(),
                  origins.apply(partition.topic())),
              this::ended);
    }

    @Override
    public void run() {
      call.run();
    }

    void cancel() {
      if (phase.compareAndSet(Phase.CALLING, Phase.CANCELLED)) {
        logCancelled();
        interrupt();
      }
    }

    void overdue(Failure why) {
      logCancelled();
      Optional<CallResult> soFar = call.stopped(why);
      // Before it hears of it: what it makes of that is of no interest.
      if (soFar.isPresent() && phase.compareAndSet(Phase.CALLING, Phase.ENDED)) {
        interrupt();
        tell(soFar.get());
      }
    }

    private void interrupt() {
      // Cancelling a stage runs what the author has attached to it.
      Thread.ofVirtual().name("millrace-cancel").start(call::cancel);
    }

    private void logCancelled() {
      cancelledNanos = System.nanoTime();
      LOG.warn(
          "[{}] a call is cancelled; it is at {}", invoker.definition().name(), call.whereabouts());
    }

    private void ended(CallResult ended) {
      try {
        if (phase.compareAndSet(Phase.CALLING, Phase.ENDED)) {
          tell(ended);
        } else if (phase.get() == Phase.CANCELLED) {
          tell(cancelled());
        }
      } finally {
        running.remove(id);
      }
    }

    private void tell(CallResult result) {
      // Counted first: who sees the outputs must find them counted.
      count(result);
      meters.called(
          Duration.ofNanos(System.nanoTime() - startedNanos),
          result.done() - result.apart().size(),
          result.tombstones(),
          result.failure() == null);
      // Not with what this call holds: that may go while its outputs are on their way.
      CallReceipt.send(id, result, sender, mailbox, InProcessExecutor.this::sent);
    }

    /// Counts runs of outputs for the same topic: mostly there is just one.
    private void count(CallResult result) {
      String topic = "";
      int count = 0;
      for (OutgoingRecord output : result.outputs()) {
        if (!output.topic().equals(topic)) {
          if (count > 0) {
            meters.sent(topic, count);
          }
          topic = output.topic();
          count = 0;
        }
        count++;
      }
      if (count > 0) {
        meters.sent(topic, count);
      }
    }

    private CallResult cancelled() {
      return new CallResult(
          0, List.of(), 0, new Failure.FunctionFailed(new CancellationException("cancelled")));
    }
  }
}
