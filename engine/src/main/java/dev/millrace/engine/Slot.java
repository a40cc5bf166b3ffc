package dev.millrace.engine;

import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.InProcessExecutor;
import dev.millrace.engine.call.Mailbox;
import dev.millrace.engine.core.Core;
import dev.millrace.engine.core.Limits;
import dev.millrace.engine.core.PartitionView;
import dev.millrace.engine.loop.Begun;
import dev.millrace.engine.loop.Bounds;
import dev.millrace.engine.loop.EngineLoop;
import dev.millrace.engine.loop.KafkaRecordView;
import dev.millrace.engine.loop.LoopSettings;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.plugin.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// One member of a function's group: a consumer, a sender and the thread that owns them. When the
/// clients break it builds new ones; everything unfinished is read again.
final class Slot implements Runnable {
  private static final Duration LAST_ACKNOWLEDGEMENTS = Duration.ofSeconds(5);
  private static final long FIRST_WAIT_MILLIS = 500;
  private static final long LONGEST_WAIT_MILLIS = 30_000;

  private final LoopSettings settings;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Supplier<Delivery.Sender> senders;
  private final BiFunction<Delivery.Sender, Mailbox, InProcessExecutor> executors;
  private final RunListener listener;
  private final UnaryOperator<String> topicIds;
  private final Thread thread;
  private final CountDownLatch stopRequest = new CountDownLatch(1);
  private final Begun begun = Begun.at(Instant.now());

  private volatile Limits limits;
  private volatile boolean held;
  private volatile @Nullable EngineLoop loop;

  /// The one that makes the calls now, last, and former ones with calls that have not ended.
  private final List<InProcessExecutor> calling = new CopyOnWriteArrayList<>();

  private volatile Bounds bounds = Bounds.NONE;

  /// When the thread last went on from what may block: opening, closing, waiting.
  private volatile long aliveMillis;

  private volatile @Nullable Throwable defect;
  private volatile boolean drained;

  Slot(
      String name,
      LoopSettings settings,
      Limits limits,
      Supplier<Consumer<byte[], byte[]>> consumers,
      Supplier<Delivery.Sender> senders,
      BiFunction<Delivery.Sender, Mailbox, InProcessExecutor> executors,
      RunListener listener,
      UnaryOperator<String> topicIds) {
    this.settings = settings;
    this.limits = limits;
    this.consumers = consumers;
    this.senders = senders;
    this.executors = executors;
    this.listener = listener;
    this.topicIds = topicIds;
    this.thread = Thread.ofPlatform().name(name).unstarted(this);
  }

  void start() {
    alive();
    thread.start();
  }

  @Override
  public void run() {
    long wait = FIRST_WAIT_MILLIS;
    try {
      while (true) {
        long began = alive();
        try {
          runLoop();
          return;
        } catch (KafkaException | UnavailableException | SetupException e) {
          // The clients are of no use any more: new ones know nothing of what happened to these.
          if (monotonicMillis() - began > LONGEST_WAIT_MILLIS) {
            wait = FIRST_WAIT_MILLIS;
          }
          listener.unavailable(e, Duration.ofMillis(wait));
        }
        if (stopRequest.await(wait, TimeUnit.MILLISECONDS)) {
          return;
        }
        wait = Math.min(2 * wait, LONGEST_WAIT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      // Whatever it is, it is ours: this function stops, the others go on.
      defect = e;
      listener.defect(e);
    }
  }

  private void runLoop() {
    Delivery.Sender sender = senders.get();
    Duration patience = Duration.ZERO;
    Consumer<byte[], byte[]> consumer = null;
    try {
      consumer = consumers.get();
      Mailbox mailbox = new Mailbox();
      try (InProcessExecutor calls = executors.apply(sender, mailbox)) {
        runLoop(consumer, calls, mailbox);
        patience = LAST_ACKNOWLEDGEMENTS;
      }
    } finally {
      alive();
      try {
        if (consumer != null) {
          consumer.close(CloseOptions.timeout(settings.drainOnRevoke()));
        }
      } finally {
        alive();
        close(sender, patience);
      }
    }
  }

  /// A plug-in may throw anything. What it had not acknowledged is not committed either.
  private void close(Delivery.Sender sender, Duration patience) {
    try {
      sender.close(patience);
    } catch (Throwable e) {
      listener.notClosed(e);
    }
  }

  private long alive() {
    return aliveMillis = monotonicMillis();
  }

  private void runLoop(
      Consumer<byte[], byte[]> consumer, InProcessExecutor calls, Mailbox mailbox) {
    EngineLoop current =
        new EngineLoop(
            settings,
            consumer,
            new Core<>(limits, new KafkaRecordView(), new SplittableRandom()),
            calls,
            mailbox,
            listener,
            topicIds,
            Slot::monotonicMillis,
            begun,
            Mailbox::await);
    publish(current, calls);
    try {
      current.subscribe();
      while (current.tick()) {
        // A tick is the whole loop.
      }
      drained = current.close();
    } catch (Throwable e) {
      // What is left is not this member's any more, and what it says of itself is old.
      loop = null;
      current.abandon();
      throw e;
    }
  }

  /// With what was asked for before; the lock keeps what is asked for meanwhile behind it.
  private synchronized void publish(EngineLoop current, InProcessExecutor calls) {
    calling.removeIf(InProcessExecutor::isIdle);
    calling.add(calls);
    loop = current;
    current.bound(bounds);
    current.hold(held);
    current.limit(limits);
    if (stopRequest.getCount() == 0) {
      current.stop();
    }
  }

  /// Asks the slot to drain and end.
  synchronized void stop() {
    stopRequest.countDown();
    EngineLoop current = loop;
    if (current != null) {
      current.stop();
    }
  }

  /// Waits for the end. Whether everything under way was finished by then.
  boolean awaitEnd() throws InterruptedException {
    thread.join();
    return drained || thread.getState() == Thread.State.NEW;
  }

  synchronized void resume() {
    EngineLoop current = loop;
    if (current != null) {
      current.resume();
    }
  }

  /// Makes no further calls, or does so again.
  synchronized void hold(boolean wanted) {
    held = wanted;
    EngineLoop current = loop;
    if (current != null) {
      current.hold(wanted);
    }
  }

  /// Other limits hold from now on.
  synchronized void limit(Limits wanted) {
    limits = wanted;
    EngineLoop current = loop;
    if (current != null) {
      current.limit(wanted);
    }
  }

  /// Reads no further than this, from its first record on when it is said before the start.
  synchronized void bound(Bounds where) {
    bounds = where;
    EngineLoop current = loop;
    if (current != null) {
      current.bound(bounds);
    }
  }

  List<PartitionView> partitions() {
    EngineLoop current = loop;
    return current == null ? List.of() : current.partitions();
  }

  String trouble() {
    EngineLoop current = loop;
    return current == null ? "" : current.trouble();
  }

  boolean assigned() {
    EngineLoop current = loop;
    return current != null && current.assigned();
  }

  Optional<Throwable> defect() {
    return Optional.ofNullable(defect);
  }

  /// How long the engine thread has not come round, or has been in opening or closing its clients.
  Duration sinceTick() {
    if (!thread.isAlive()) {
      return Duration.ZERO;
    }
    EngineLoop current = loop;
    long last = current == null ? 0 : current.lastTickMillis();
    return Duration.ofMillis(monotonicMillis() - Math.max(aliveMillis, last));
  }

  /// How long a cancelled call has not ended.
  Duration stuck() {
    return calling.stream()
        .map(InProcessExecutor::stuck)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  /// Whether a call of this code is under way.
  boolean calls(FunctionInvoker code) {
    return calling.stream().anyMatch(calls -> calls.calls(code));
  }

  /// What was sent last, and when by [System#nanoTime].
  Optional<InProcessExecutor.Sent> lastSent() {
    return calling.isEmpty() ? Optional.empty() : calling.getLast().lastSent();
  }

  /// Whether it was started and has not ended.
  boolean isAlive() {
    return thread.isAlive();
  }

  /// Whether it has ended and no call of it is under way any more.
  boolean isOver() {
    return !isAlive() && calling.stream().allMatch(InProcessExecutor::isIdle);
  }

  static long monotonicMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
