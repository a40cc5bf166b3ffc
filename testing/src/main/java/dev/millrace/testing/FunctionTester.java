package dev.millrace.testing;

import dev.millrace.Verdict;
import dev.millrace.VerdictException;
import dev.millrace.engine.call.CallRequest;
import dev.millrace.engine.call.CallResult;
import dev.millrace.engine.call.FunctionCall;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Calls a function as the engine does, without a broker: the same decoding, schemas, encoding,
/// keys and provenance, in this thread.
///
/// ```java
/// @Test
/// void dividesSales() {
///   // Given
///   FunctionTester sales = FunctionTester.of(SalesValidation.class);
///   // When
///   Outcome outcome =
///       sales.send(
///           """
///           {"InvoiceNo": "536365", "InvoiceDate": "12/1/2010 8:26", "CustomerID": 17850,
///            "Country": "Italy", "Quantity": 40, "UnitPrice": 3.91}
///           """,
///           Input.of(Map.of("InvoiceNo", "C536379")).key("Spain"));
///   // Then
///   assertThat(outcome).succeeded().hasOutputs("sales_validated", 1);
///   assertThat(outcome).outputs("sales_error").extracting(OutputRecord::key).containsOnly("Spain");
/// }
/// ```
///
/// Messages of one `send` are handed over in batches of the function's `batchSize`; the offsets go
/// on from one `send` to the next. A failing call is made once, unless [#withRetries] says
/// otherwise, and ends the `send`, as it stops a partition. Functions that return a
/// `CompletionStage` are waited for. Not safe for use by several threads.
public final class FunctionTester implements AutoCloseable {
  private static final Path SOURCES = Path.of("src", "main", "java");

  private final FunctionInvoker invoker;
  private final Optional<FunctionInstances> instances;
  private final Options options;
  private final AtomicLong offsets;

  /// @param retries how often a failing call is made again
  /// @param goesOn whether what comes behind a failure is called too
  private record Options(int batchSize, int retries, Duration deadline, boolean goesOn) {
    static Options of(FunctionSettings settings) {
      return new Options(settings.batchSize(), 0, settings.deadline(), false);
    }
  }

  private FunctionTester(
      FunctionInvoker invoker,
      Optional<FunctionInstances> instances,
      Options options,
      AtomicLong offsets) {
    this.invoker = invoker;
    this.instances = instances;
    this.options = options;
    this.offsets = offsets;
  }

  /// A tester of the only function in this class, on an object of its own. Schema files are looked
  /// for beside the class: in its jar, in the folder of its package below `src/main/java`, or here.
  ///
  /// @throws SetupException with everything that is wrong with the class, or when it has several
  public static FunctionTester of(Class<?> type) {
    return create(type, definitions(type), Optional.empty());
  }

  /// A tester of the function of this name in this class, on an object of its own.
  ///
  /// @throws SetupException with everything that is wrong with the class, or without such a
  ///   function
  public static FunctionTester of(Class<?> type, String name) {
    return create(type, named(type, name), Optional.empty());
  }

  /// A tester of the only function in this object's class, called on this object: with what the
  /// test gave it, and to be looked at afterwards.
  public static FunctionTester on(Object object) {
    return create(object.getClass(), definitions(object.getClass()), Optional.of(object));
  }

  /// A tester of a function that was loaded elsewhere; closing it closes nothing.
  public static FunctionTester calling(FunctionInvoker invoker, FunctionSettings settings) {
    return new FunctionTester(invoker, Optional.empty(), Options.of(settings), new AtomicLong());
  }

  private static FunctionTester create(
      Class<?> type, List<FunctionDefinition> definitions, Optional<Object> object) {
    if (definitions.size() > 1) {
      throw new SetupException(
          type.getSimpleName(),
          "holds several functions: " + names(definitions),
          "Say which one: FunctionTester.of("
              + type.getSimpleName()
              + ".class, \""
              + definitions.getFirst().name()
              + "\")");
    }
    FunctionDefinition definition = definitions.getFirst();
    FunctionInstances instances =
        object
            .map(FunctionInstances::holding)
            .orElseGet(() -> FunctionInstances.create(definitions));
    return new FunctionTester(
        new FunctionInvoker(definition, instances),
        object.isPresent() ? Optional.empty() : Optional.of(instances),
        Options.of(settings(definition)),
        new AtomicLong());
  }

  static List<FunctionDefinition> definitions(Class<?> type) {
    return FunctionScanner.scan(List.of(type), FunctionTester::folder);
  }

  private static Path folder(Class<?> type) {
    Path source = SOURCES.resolve(type.getPackageName().replace('.', '/'));
    return Files.isDirectory(source) ? source : Path.of("");
  }

  private static List<FunctionDefinition> named(Class<?> type, String name) {
    List<FunctionDefinition> all = definitions(type);
    List<FunctionDefinition> found = all.stream().filter(one -> one.name().equals(name)).toList();
    if (found.isEmpty()) {
      throw new SetupException(
          type.getSimpleName(),
          "has no function '" + name + "'",
          NearestName.of(name, all.stream().map(FunctionDefinition::name).toList())
              .map(near -> "Did you mean '" + near + "'?")
              .orElse("It has: " + names(all)));
    }
    return found;
  }

  private static String names(List<FunctionDefinition> definitions) {
    return String.join(", ", definitions.stream().map(FunctionDefinition::name).toList());
  }

  /// What its annotation sets, else the defaults: a test does not depend on this machine's files.
  static FunctionSettings settings(FunctionDefinition definition) {
    AnnotatedFunction annotated = new AnnotatedFunction(definition.name(), definition.settings());
    return Settings.load(
            new SettingsSources(
                Optional.empty(), Optional.empty(), Map.of(), Map.of(), List.of(annotated)))
        .function(definition.name());
  }

  /// The same with at most so many messages in a call.
  public FunctionTester withBatchSize(int messages) {
    if (messages < 1) {
      throw new IllegalArgumentException("a batch has at least one message, not " + messages);
    }
    return with(new Options(messages, options.retries, options.deadline, options.goesOn));
  }

  /// The same with failing calls made again so often, at once.
  public FunctionTester withRetries(int retries) {
    if (retries < 0) {
      throw new IllegalArgumentException("retries must be 0 or more, not " + retries);
    }
    return with(new Options(options.batchSize, retries, options.deadline, options.goesOn));
  }

  /// The same with `CompletionStage`s waited for at most this long. A function that works in this
  /// thread is not interrupted.
  public FunctionTester withDeadline(Duration longest) {
    return with(new Options(options.batchSize, options.retries, longest, options.goesOn));
  }

  /// The same, but what comes behind a failure is called too: to look at many messages.
  public FunctionTester goingOn() {
    return with(new Options(options.batchSize, options.retries, options.deadline, true));
  }

  private FunctionTester with(Options others) {
    return new FunctionTester(invoker, instances, others, offsets);
  }

  /// Sends messages and tells what came of them.
  ///
  /// @param values text, which is sent as it is; bytes; an [Input]; or any object, which is sent as
  ///   JSON
  public Outcome send(Object... values) {
    return sendAll(Arrays.asList(values));
  }

  /// The same with a collection of values.
  public Outcome sendAll(Collection<?> values) {
    String topic = invoker.definition().topics().getFirst();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (Object value : values) {
      records.add(Input.from(value).consumed(topic, offsets.getAndIncrement()));
    }
    return call(records);
  }

  /// Calls the function with records as Kafka gives them: partition by partition, in the order of
  /// the list within each.
  public Outcome call(Collection<ConsumerRecord<byte[], byte[]>> records) {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> partitions = new LinkedHashMap<>();
    records.forEach(record ->
        partitions
            .computeIfAbsent(
                new TopicPartition(record.topic(), record.partition()), _ -> new ArrayList<>())
            .add(record));
    Progress progress = new Progress();
    partitions.forEach((partition, all) -> {
      for (int from = 0; from < all.size() && !progress.ended(); from += options.batchSize) {
        int to = Math.min(from + options.batchSize, all.size());
        callBatch(partition, all.subList(from, to), progress);
      }
    });
    return new Outcome(
        progress.done, progress.outputs, progress.skipped, progress.verdicts, progress.failures);
  }

  private final class Progress {
    private final List<OutputRecord> outputs = new ArrayList<>();
    private final List<GivenVerdict> verdicts = new ArrayList<>();
    private final List<CallFailure> failures = new ArrayList<>();
    private int done;
    private int skipped;

    boolean ended() {
      return !failures.isEmpty() && !options.goesOn;
    }

    void add(CallResult result, List<ConsumerRecord<byte[], byte[]>> called) {
      done += result.done() - result.apart().size();
      for (Event.Apart apart : result.apart()) {
        // Unreadable ones end the call.
        verdict(apart.failure())
            .ifPresent(
                verdict -> verdicts.add(GivenVerdict.of(called.get(apart.index()), verdict)));
      }
      skipped += result.tombstones();
      result
          .outputs()
          .forEach(output ->
              outputs.add(
                  new OutputRecord(
                      output.topic(), output.key(), output.value(), output.headers())));
    }
  }

  private void callBatch(
      TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> batch, Progress progress) {
    List<ConsumerRecord<byte[], byte[]>> rest = batch;
    int attempt = 1;
    while (!rest.isEmpty() && !progress.ended()) {
      CallResult result = invoke(new CallRequest(partition, rest, attempt, true, "test/test"));
      progress.add(result, rest);
      rest = rest.subList(result.done(), rest.size());
      Failure failure = result.failure();
      if (failure == null) {
        continue;
      }
      int made = result.done() > 0 ? 1 : attempt;
      if (canHelp(failure) && made <= options.retries) {
        attempt = made + 1;
        continue;
      }
      attempt = 1;
      int failed = isOfOne(failure) ? 1 : rest.size();
      Optional<Verdict> verdict = verdict(failure);
      if (verdict.isPresent() && failed == 1) {
        progress.verdicts.add(GivenVerdict.of(rest.getFirst(), verdict.get()));
        rest = rest.subList(1, rest.size());
        continue;
      }
      progress.failures.add(
          CallFailure.of(
              failure, rest.subList(0, failed), invoker.definition().method().getDeclaringClass()));
      rest = rest.subList(failed, rest.size());
    }
  }

  private static Optional<Verdict> verdict(Failure failure) {
    return failure instanceof Failure.Verdict(var ruling, VerdictException given)
        ? Optional.of(given.verdict())
        : Optional.empty();
  }

  private static boolean canHelp(Failure failure) {
    return failure instanceof Failure.FunctionFailed || failure instanceof Failure.Overdue;
  }

  private boolean isOfOne(Failure failure) {
    return failure instanceof Failure.Unreadable || !invoker.definition().input().batch();
  }

  private CallResult invoke(CallRequest request) {
    CompletableFuture<CallResult> ended = new CompletableFuture<>();
    FunctionCall call = invoker.call(request, ended::complete);
    call.run();
    try {
      return ended.get(options.deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      call.cancel();
      // What a function over single messages had done before is not lost.
      CallResult cancelled = ended.join();
      return new CallResult(
          cancelled.done(),
          cancelled.apart(),
          cancelled.outputs(),
          cancelled.tombstones(),
          Failure.overdue(options.deadline),
          cancelled.alone());
    } catch (ExecutionException e) {
      throw new IllegalStateException("a call ends with a result", e);
    } catch (InterruptedException e) {
      call.cancel();
      Thread.currentThread().interrupt();
      return ended.join();
    }
  }

  /// Closes the function's object where it is [AutoCloseable] and was made here.
  @Override
  public void close() {
    instances.ifPresent(FunctionInstances::close);
  }
}
