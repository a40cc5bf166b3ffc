package dev.millrace.engine.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The meters of one function in this process. Thread-safe; counts once for each call, not for each
/// record.
public final class FunctionMeters {
  static final String FUNCTION = "function";

  private final MeterRegistry registry;
  private final String function;
  private final Counter records;
  private final Counter tombstones;
  private final Counter retries;
  private final Counter deadLetters;
  private final Counter skipped;
  private final Timer succeeded;
  private final Timer failed;
  private final Map<String, Counter> outputs = new ConcurrentHashMap<>();

  /// Registers the meters of a function.
  FunctionMeters(MeterRegistry registry, String function) {
    this.registry = registry;
    this.function = function;
    Tags tags = Tags.of(FUNCTION, function);
    this.records =
        Counter.builder("millrace.records.in")
            .description("Records finished by calls, seen again after a failure counted again")
            .tags(tags)
            .register(registry);
    this.tombstones =
        Counter.builder("millrace.tombstones")
            .description("Records without a value that the function does not take")
            .tags(tags)
            .register(registry);
    this.retries =
        Counter.builder("millrace.retries")
            .description("Calls that failed and are made again")
            .tags(tags)
            .register(registry);
    this.deadLetters =
        Counter.builder("millrace.dead.letters")
            .description("Records that become dead letters")
            .tags(tags)
            .register(registry);
    this.skipped =
        Counter.builder("millrace.skipped")
            .description("Records passed over, by the function's verdict or by on-error")
            .tags(tags)
            .register(registry);
    this.succeeded = timer(tags.and("outcome", "ok"));
    this.failed = timer(tags.and("outcome", "failed"));
  }

  private Timer timer(Tags tags) {
    return Timer.builder("millrace.calls")
        .description("Calls of the function and their time, without sending")
        .tags(tags)
        .publishPercentileHistogram(false)
        .register(registry);
  }

  /// Counts a call that ended.
  ///
  /// @param finished how many records it finished, tombstones included
  /// @param skipped how many of them were tombstones that the function does not take
  public void called(Duration time, int finished, int skipped, boolean ok) {
    (ok ? succeeded : failed).record(time);
    records.increment(finished);
    if (skipped > 0) {
      tombstones.increment(skipped);
    }
  }

  /// Counts outputs handed to the producer.
  public void sent(String topic, int count) {
    outputs
        .computeIfAbsent(
            topic,
            name ->
                Counter.builder("millrace.records.out")
                    .description("Outputs sent")
                    .tags(FUNCTION, function, "topic", name)
                    .register(registry))
        .increment(count);
  }

  /// Counts a call that is made again.
  public void retried() {
    retries.increment();
  }

  /// Counts a record that becomes a dead letter.
  public void deadLetter() {
    deadLetters.increment();
  }

  /// Counts a record that is passed over.
  public void skipped() {
    skipped.increment();
  }

  /// How many records became dead letters since the start.
  public long deadLetters() {
    return (long) deadLetters.count();
  }

  /// How many records were passed over since the start.
  public long recordsSkipped() {
    return (long) skipped.count();
  }

  /// How many records calls have finished since the start.
  public long recordsIn() {
    return (long) records.count();
  }

  /// How many calls have failed since the start.
  public long failedCalls() {
    return failed.count();
  }

  /// How many outputs were sent since the start, to whatever topic.
  public long recordsOut() {
    return outputs.values().stream().mapToLong(counter -> (long) counter.count()).sum();
  }

  /// How many outputs were sent since the start, by topic.
  public Map<String, Long> outputs() {
    Map<String, Long> counts = new ConcurrentHashMap<>();
    outputs.forEach((topic, counter) -> counts.put(topic, (long) counter.count()));
    return counts;
  }

  /// Reports a number that is read when somebody asks.
  ///
  /// @param name in Micrometer's form, such as `millrace.lag.records`
  /// @param unit the base unit, such as `seconds`, or empty
  public void gauge(String name, String description, String unit, Supplier<Number> value) {
    Gauge.builder(name, value)
        .description(description)
        .baseUnit(unit.isEmpty() ? null : unit)
        .tags(FUNCTION, function)
        .strongReference(true)
        .register(registry);
  }
}
