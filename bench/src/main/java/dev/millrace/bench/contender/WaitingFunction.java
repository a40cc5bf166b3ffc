package dev.millrace.bench.contender;

import dev.millrace.bench.stage.Values;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// The function of every contender under key order: waits, as for a service, and checks for itself
/// that the numbers of a key ascend and that no two calls for a key are under way. Thread-safe.
final class WaitingFunction {
  private final Duration pause;
  private final Consumer<Report> reports;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final Map<String, Key> keys = new ConcurrentHashMap<>();
  private final LongAdder calls = new LongAdder();
  private final LongAdder disorder = new LongAdder();

  /// @param pause how long each call waits
  /// @param reports is told of the first call
  WaitingFunction(Duration pause, Consumer<Report> reports) {
    this.pause = pause;
    this.reports = reports;
  }

  /// A call for one record.
  void call(String key, String value) throws InterruptedException {
    if (!begun.getPlain() && begun.compareAndSet(false, true)) {
      reports.accept(Report.FirstRecord.now());
    }
    Key state = keys.computeIfAbsent(key, any -> new Key());
    if (!state.begin(Values.number(value))) {
      disorder.increment();
    }
    try {
      Thread.sleep(pause);
    } finally {
      state.end();
    }
    calls.increment();
  }

  /// How far it is.
  Report.Done done() {
    return Report.Done.now(calls.sum(), disorder.sum());
  }

  private static final class Key {
    private long last = -1;
    private boolean underWay;

    synchronized boolean begin(long number) {
      boolean right = !underWay && number > last;
      underWay = true;
      last = Math.max(last, number);
      return right;
    }

    synchronized void end() {
      underWay = false;
    }
  }
}
