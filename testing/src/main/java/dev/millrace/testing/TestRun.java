package dev.millrace.testing;

import dev.millrace.engine.BoundedRun;
import dev.millrace.engine.Engine;
import dev.millrace.engine.FunctionRun;
import dev.millrace.engine.FunctionStatus;
import dev.millrace.engine.FunctionStatus.Word;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.settings.EngineSettings;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.RetrySettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/// Functions that run on a broker, as `millrace run` would do it. Thread-safe.
public final class TestRun implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LOOK_EVERY_MILLIS = 20;

  private final Engine engine;
  private final FunctionInstances instances;

  private TestRun(Engine engine, FunctionInstances instances) {
    this.engine = engine;
    this.instances = instances;
  }

  static TestRun start(
      List<FunctionDefinition> definitions, FunctionInstances instances, KafkaClients clients) {
    TestRun run =
        new TestRun(
            new Engine(EngineSettings.defaults(), clients, clients.reach(PATIENCE)), instances);
    try {
      String suffix = "-" + UUID.randomUUID().toString().substring(0, 8);
      for (FunctionDefinition definition : definitions) {
        run.engine.start(
            new FunctionInvoker(definition, instances),
            impatient(FunctionTester.settings(definition)),
            definition.name() + suffix);
      }
      return run;
    } catch (Throwable e) {
      run.close(); // Those that have started.
      throw e;
    }
  }

  private static FunctionSettings impatient(FunctionSettings settings) {
    RetrySettings retry = settings.retry();
    return settings.withRetry(new RetrySettings(0, retry.delay(), retry.maxDelay()));
  }

  /// Ends the functions as soon as everything that is in their topics is done; what one writes for
  /// another of them is done too.
  ///
  /// @throws AssertionError when a partition stops at a failure, or not all is done after 30
  ///   seconds
  public void toTheEnd() {
    BoundedRun bounded = new BoundedRun(engine, engine.runs(), Optional.empty(), _ -> {});
    long start = System.nanoTime();
    String standing = said();
    try {
      while (!bounded.advance()) {
        standing = said();
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw new AssertionError("Expected everything to be done, but" + standing);
        }
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    if (!bounded.unfinished().isEmpty()) {
      throw new AssertionError("Expected everything to be done, but" + standing);
    }
  }

  /// Waits until a partition of one of the functions stops at a failure.
  ///
  /// @return where and why, such as `orders-0 @ 3: the function threw ...`
  /// @throws AssertionError when none has after 30 seconds
  public String awaitStopped() {
    long start = System.nanoTime();
    try {
      while (System.nanoTime() - start < PATIENCE.toNanos()) {
        for (FunctionRun run : engine.runs()) {
          FunctionStatus status = run.status();
          if (status.word() == Word.STOPPED) {
            return status.reason();
          }
        }
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    throw new AssertionError("Expected a partition to stop, but" + said());
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted", e);
  }

  private String said() {
    return engine.runs().stream()
        .map(FunctionRun::status)
        .map(status ->
            "%n  %s is %s %s".formatted(status.function(), status.word(), status.reason()))
        .collect(Collectors.joining());
  }

  /// Finishes what is under way and ends the functions.
  @Override
  public void close() {
    engine.close();
    instances.close();
  }
}
