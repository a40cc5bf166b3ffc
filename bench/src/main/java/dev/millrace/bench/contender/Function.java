package dev.millrace.bench.contender;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// The function of every contender: hands each value on as it is, after a pause where one is asked
/// for, and reports when the first value reaches it. Thread-safe.
final class Function {
  private final long pauseNanos;
  private final Consumer<Report> reports;
  private final AtomicBoolean begun = new AtomicBoolean();

  /// @param pause how long each value takes, zero for no time at all
  /// @param reports is told of the first value
  Function(Duration pause, Consumer<Report> reports) {
    this.pauseNanos = pause.toNanos();
    this.reports = reports;
  }

  /// The same value.
  String apply(String value) {
    begin();
    if (pauseNanos > 0) {
      LockSupport.parkNanos(pauseNanos);
    }
    return value;
  }

  /// The same values.
  List<String> applyAll(List<String> values) {
    begin();
    if (pauseNanos > 0) {
      LockSupport.parkNanos(pauseNanos * values.size());
    }
    return values;
  }

  private void begin() {
    if (!begun.getPlain() && begun.compareAndSet(false, true)) {
      reports.accept(Report.FirstRecord.now());
    }
  }
}
