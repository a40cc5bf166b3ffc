package dev.millrace.engine;

import dev.millrace.Emit;
import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.OnError;
import dev.millrace.Output;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.call.OutputTopic;
import dev.millrace.engine.settings.CallSettings;
import dev.millrace.engine.settings.FailureSettings;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.RetrySettings;
import dev.millrace.engine.settings.Start;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/// A function that copies numbers, between topics of a test's choice.
///
/// @param name of the function
/// @param group its consumer group
/// @param start where a group without offsets begins
/// @param type the class whose only function is run
record TestFunction(
    String name,
    String group,
    List<String> topics,
    String output,
    Start start,
    int consumers,
    OptionalInt concurrency,
    int retries,
    Duration deadline,
    CallSettings calls,
    Class<?> type) {
  /// What a function does with a message before it is copied.
  interface Hook {
    void at(Message<String> message) throws Exception;
  }

  private static final Map<String, Hook> HOOKS = new ConcurrentHashMap<>();

  /// The author's code.
  public static class Copy {
    @KafkaFunction(name = "copy", topics = "in", outputs = @Output(topic = "out"))
    public Emit<String> copy(Message<String> message) throws Exception {
      HOOKS.getOrDefault(message.topic(), any -> {}).at(message);
      return Emit.of(message.value());
    }
  }

  /// From the topic `NAME` to the topic `NAME-out`.
  static TestFunction named(String name) {
    return new TestFunction(
        name,
        name,
        List.of(name),
        name + "-out",
        new Start.Earliest(),
        1,
        OptionalInt.empty(),
        2,
        Duration.ofMinutes(5),
        CallSettings.defaults(),
        Copy.class);
  }

  /// Does this with each message of a topic from now on.
  static void on(String topic, Hook hook) {
    HOOKS.put(topic, hook);
  }

  TestFunction inGroup(String other) {
    return new TestFunction(
        name, other, topics, output, start, consumers, concurrency, retries, deadline, calls, type);
  }

  TestFunction reading(String... others) {
    return new TestFunction(
        name,
        group,
        List.of(others),
        output,
        start,
        consumers,
        concurrency,
        retries,
        deadline,
        calls,
        type);
  }

  TestFunction writing(String topic) {
    return new TestFunction(
        name, group, topics, topic, start, consumers, concurrency, retries, deadline, calls, type);
  }

  TestFunction from(Start other) {
    return new TestFunction(
        name, group, topics, output, other, consumers, concurrency, retries, deadline, calls, type);
  }

  TestFunction withConcurrency(int most) {
    return new TestFunction(
        name,
        group,
        topics,
        output,
        start,
        consumers,
        OptionalInt.of(most),
        retries,
        deadline,
        calls,
        type);
  }

  TestFunction withDeadline(Duration longest) {
    return new TestFunction(
        name, group, topics, output, start, consumers, concurrency, retries, longest, calls, type);
  }

  TestFunction of(Class<?> other) {
    return new TestFunction(
        name,
        group,
        topics,
        output,
        start,
        consumers,
        concurrency,
        retries,
        deadline,
        calls,
        other);
  }

  /// Its messages come to calls like this.
  TestFunction with(CallSettings other) {
    return new TestFunction(
        name, group, topics, output, start, consumers, concurrency, retries, deadline, other, type);
  }

  /// Starts it.
  FunctionRun start(Engine engine) {
    FunctionRun run = prepare(engine);
    run.start();
    return run;
  }

  /// Prepares it for a bounded run.
  FunctionRun prepare(Engine engine) {
    return engine.prepare(invoker(), settings(), group);
  }

  TestFunction withConsumers(int members) {
    return new TestFunction(
        name, group, topics, output, start, members, concurrency, retries, deadline, calls, type);
  }

  /// Its code as it is now.
  FunctionInvoker invoker() {
    FunctionDefinition written =
        FunctionScanner.scan(List.of(type), any -> Path.of(".")).getFirst();
    FunctionDefinition definition =
        new FunctionDefinition(
            name,
            topics,
            List.of(new OutputTopic(output, null)),
            written.settings(),
            written.method(),
            written.input(),
            written.returns(),
            written.format(),
            written.version());
    return new FunctionInvoker(definition, FunctionInstances.create(List.of(definition)));
  }

  /// No dead letters: what fails stops its partition.
  private static final FailureSettings STOPPING =
      new FailureSettings(OnError.STOP, List.of(), OnError.STOP, Duration.ofMinutes(10), 100, 50);

  FunctionSettings settings() {
    FunctionSettings defaults = FunctionSettings.defaults();
    return new FunctionSettings(
        start,
        50,
        defaults.batchBytes(),
        defaults.batchWait(),
        consumers,
        concurrency,
        calls,
        new RetrySettings(retries, Duration.ofMillis(10), Duration.ofMillis(20)),
        STOPPING,
        deadline,
        "",
        "",
        "");
  }
}
