package dev.millrace.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import dev.millrace.Verdicts;
import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FunctionCallTest {
  private final List<CallResult> results = new CopyOnWriteArrayList<>();

  static final class Sleeper {
    static final Semaphore ASLEEP = new Semaphore(0);

    @KafkaFunction(name = "sleeper", topics = "orders", outputs = @Output(topic = "out"))
    String sleep(String message) throws InterruptedException {
      if (message.equals("sleep")) {
        ASLEEP.release();
        new CountDownLatch(1).await();
      }
      return message;
    }
  }

  @Test
  void aCancelledCallIsInterruptedAndKeepsWhatWasDone() throws InterruptedException {
    FunctionCall call = call(Sleeper.class, "a", "sleep", "b");
    boolean[] interruptedAfterwards = new boolean[1];
    Thread worker =
        Thread.ofPlatform()
            .start(() -> {
              call.run();
              interruptedAfterwards[0] = Thread.currentThread().isInterrupted();
            });
    Sleeper.ASLEEP.acquire();

    call.cancel();
    worker.join();

    assertThat(result().done()).isEqualTo(1);
    assertThat(values()).containsExactly("a");
    assertThat(result().failure()).isInstanceOf(Failure.FunctionFailed.class);
    assertThat(cause()).isInstanceOf(InterruptedException.class);
    assertThat(interruptedAfterwards[0]).isFalse();
  }

  @Test
  void aCallThatMayNotGoOnSaysAtOnceHowFarItCame() throws InterruptedException {
    FunctionCall call = call(Sleeper.class, "a", "sleep", "b");
    Failure overdue = Failure.overdue(Duration.ofSeconds(1));
    Thread worker = Thread.ofPlatform().start(call);
    Sleeper.ASLEEP.acquire();

    CallResult soFar = call.stopped(overdue).orElseThrow();
    call.cancel();
    worker.join();

    assertThat(soFar.done()).isEqualTo(1);
    assertThat(soFar.outputs()).hasSize(1);
    assertThat(soFar.failure()).isSameAs(overdue);
    assertThat(soFar.alone()).isTrue();
    assertThat(call.stopped(overdue)).isEmpty();
  }

  static final class Slow {
    static @Nullable FunctionCall call;

    record Order(String id) {
      Order {
        if (call != null && id.equals("b")) {
          // Its time is up while a message is read.
          call.stopped(Failure.overdue(Duration.ofSeconds(1)));
        }
      }
    }

    @KafkaFunction(name = "slow", topics = "orders")
    void take(Order order) {}
  }

  @Test
  void whatWasNotHandedOverWhenTimeWasUpIsNotAtFault() {
    FunctionCall call = call(Slow.class, "{\"id\":\"a\"}", "{\"id\":\"b\"}", "{\"id\":\"c\"}");
    Slow.call = call;

    call.run();

    assertThat(result().done()).isEqualTo(2);
    assertThat(result().failure()).isNull();
  }

  static final class Stubborn {
    static @Nullable FunctionCall call;

    @KafkaFunction(name = "stubborn", topics = "orders", outputs = @Output(topic = "out"))
    String ignore(String message) {
      if (call != null) {
        call.cancel();
      }
      return message;
    }
  }

  @Test
  void aCancelledCallHandsOverNoFurtherRecord() {
    FunctionCall call = call(Stubborn.class, "a", "b");
    Stubborn.call = call;

    call.run();

    assertThat(result().done()).isEqualTo(1);
    assertThat(values()).containsExactly("a");
    assertThat(cause()).isInstanceOf(CancellationException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void aCallCancelledBeforeItRunsCallsNothing() {
    FunctionCall call = call(Sleeper.class, "sleep");

    call.cancel();
    call.run();

    assertThat(result().done()).isZero();
    assertThat(cause()).isInstanceOf(CancellationException.class);
  }

  static final class Asynchronous {
    static final BlockingQueue<CompletableFuture<String>> STAGES = new LinkedBlockingQueue<>();

    @KafkaFunction(name = "asynchronous", topics = "orders", outputs = @Output(topic = "out"))
    CompletionStage<String> later(String message) {
      CompletableFuture<String> stage = new CompletableFuture<>();
      STAGES.add(stage);
      return stage;
    }

    @KafkaFunction(name = "at-once", topics = "orders", outputs = @Output(topic = "out"))
    CompletionStage<String> atOnce(String message) {
      return CompletableFuture.completedFuture(message);
    }

    @KafkaFunction(name = "no-stage", topics = "orders", outputs = @Output(topic = "out"))
    @Nullable CompletionStage<String> none(String message) {
      return null;
    }
  }

  @Test
  void waitsForAStageWithoutAThreadAndGoesOnWhereItCompletes() throws InterruptedException {
    FunctionCall call = call(Asynchronous.class, "asynchronous", List.of("a", "b"));
    call.run();
    assertThat(results).isEmpty();

    CompletableFuture<String> first = Asynchronous.STAGES.take();
    assertThat(Asynchronous.STAGES).isEmpty();
    first.complete("A");
    CompletableFuture<String> second = Asynchronous.STAGES.take();
    assertThat(results).isEmpty();
    second.complete("B");

    assertThat(result().done()).isEqualTo(2);
    assertThat(values()).containsExactly("A", "B");
  }

  @Test
  void aCancelledStageEndsTheCallOnce() throws InterruptedException {
    FunctionCall call = call(Asynchronous.class, "asynchronous", List.of("a", "b"));
    call.run();
    CompletableFuture<String> stage = Asynchronous.STAGES.take();

    call.cancel();
    call.cancel();

    assertThat(stage).isCancelled();
    assertThat(result().done()).isZero();
    assertThat(cause()).isInstanceOf(CancellationException.class);
    assertThat(Asynchronous.STAGES).isEmpty();
  }

  @Test
  void manyStagesCompleteAlreadyDoNotNest() {
    FunctionCall call = call(Asynchronous.class, "at-once", Collections.nCopies(100_000, "a"));

    call.run();

    assertThat(result().failure()).isNull();
    assertThat(result().done()).isEqualTo(100_000);
  }

  @Test
  void noStageIsNothing() {
    FunctionCall call = call(Asynchronous.class, "no-stage", List.of("a", "b"));

    call.run();

    assertThat(result().done()).isEqualTo(2);
    assertThat(result().outputs()).isEmpty();
  }

  static final class Lazy {
    @KafkaFunction(name = "lazy", topics = "orders", outputs = @Output(topic = "out"))
    List<String> lazy(List<String> messages) {
      return new AbstractList<>() {
        @Override
        public String get(int index) {
          throw new IllegalStateException("read too late");
        }

        @Override
        public int size() {
          return 1;
        }
      };
    }
  }

  @Test
  void aReturnedListThatThrowsIsTheFunctionsFailure() {
    call(Lazy.class, "a").run();

    assertThat(result().failure()).isInstanceOf(Failure.FunctionFailed.class);
    assertThat(cause()).hasMessage("read too late");
  }

  static final class Sorting {
    @KafkaFunction(name = "sorting", topics = "orders", outputs = @Output(topic = "out"))
    Collection<String> sort(List<String> messages) {
      Collections.sort(messages);
      messages.removeFirst();
      return messages;
    }
  }

  @Test
  void theListIsTheAuthorsOwn() {
    call(Sorting.class, "c", "a", "b").run();

    assertThat(values()).containsExactly("b", "c");
  }

  static final class Loader {
    @KafkaFunction(name = "loader", topics = "orders", outputs = @Output(topic = "out"))
    String loader(String message) {
      return Boolean.toString(
          Thread.currentThread().getContextClassLoader() == Loader.class.getClassLoader());
    }
  }

  @Test
  void theAuthorsLoaderIsTheContextLoaderDuringTheCallOnly() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(null);

    call(Loader.class, "a").run();

    assertThat(values()).containsExactly("true");
    assertThat(thread.getContextClassLoader()).isNull();
    thread.setContextClassLoader(before);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  static final class Cheating {
    @KafkaFunction(name = "cheating", topics = "orders", outputs = @Output(topic = "out"))
    CompletionStage<List<String>> cheat(List<String> messages) {
      return (CompletionStage) CompletableFuture.completedFuture("secret");
    }
  }

  @Test
  void aReturnThatDoesNotFitItsDeclarationIsAnInvalidOutput() {
    call(Cheating.class, "a").run();

    assertThat(result().failure()).isInstanceOf(Failure.InvalidOutput.class);
    assertThat(cause())
        .hasMessage(
            "[cheating, orders-0 @ 0] returned a String where it says"
                + " CompletionStage<List<String>>. Return what the method declares.");
  }

  @Test
  void ourOwnMistakeIsADefect() {
    FunctionDefinition definition = definitions(Sorting.class).getFirst();
    FunctionInvoker invoker =
        new FunctionInvoker(definition, FunctionInstances.create(List.of(definition)));
    List<@Nullable ConsumerRecord<byte[], byte[]>> broken = new ArrayList<>();
    broken.add(null);

    invoker.invoke(request(broken), results::add);

    assertThat(result().failure()).isInstanceOf(Failure.Defect.class);
    assertThat(cause()).isInstanceOf(NullPointerException.class);
  }

  @SuppressWarnings("NullAway") // A request without a partition is our mistake.
  @Test
  void ourOwnMistakeAfterAStageIsADefectToo() {
    FunctionInvoker invoker = invoker(Asynchronous.class, "at-once");
    List<ConsumerRecord<byte[], byte[]>> records =
        List.of(new ConsumerRecord<>("orders", 0, 0, null, new byte[0]));

    invoker.invoke(new CallRequest(null, records, 1, false, "cluster/topic"), results::add);

    assertThat(result().failure()).isInstanceOf(Failure.Defect.class);
    assertThat(result().done()).isZero();
  }

  /// Puts aside what is too short, and does to its list whatever lists allow.
  public static class Reordering {
    @KafkaFunction(name = "reordering", topics = "orders", outputs = @Output(topic = "out"))
    public List<String> reorder(List<String> orders, Verdicts verdicts) {
      orders.sort(Comparator.reverseOrder());
      orders.removeIf(order -> {
        boolean bad = order.length() < 2;
        if (bad) {
          verdicts.deadLetter(order, "too short");
        }
        return bad;
      });
      return orders;
    }
  }

  @Test
  void verdictsKeepToTheirMessagesWhateverTheAuthorDoesToTheList() {
    call(Reordering.class, "reordering", List.of("aa", "b", "cc", "d")).run();

    assertThat(result().done()).isEqualTo(4);
    assertThat(result().apart()).extracting(Event.Apart::index).containsExactly(1, 3);
    assertThat(values()).containsExactly("cc", "aa");
  }

  @Test
  void callsRunSideBySide() {
    FunctionCall sleeping = call(Asynchronous.class, "asynchronous", List.of("a"));
    FunctionCall other = call(Asynchronous.class, "at-once", List.of("b"));
    sleeping.run();

    other.run();
    Asynchronous.STAGES.remove().complete("a");

    await().until(() -> results.size() == 2);
    assertThat(results).allSatisfy(result -> assertThat(result.failure()).isNull());
  }

  private FunctionCall call(Class<?> type, String... values) {
    return call(type, definitions(type).getFirst().name(), Arrays.asList(values));
  }

  private FunctionCall call(Class<?> type, String name, List<String> values) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (String value : values) {
      records.add(
          new ConsumerRecord<>(
              "orders", 0, records.size(), null, value.getBytes(StandardCharsets.UTF_8)));
    }
    return invoker(type, name).call(request(records), results::add);
  }

  private static FunctionInvoker invoker(Class<?> type, String name) {
    List<FunctionDefinition> definitions = definitions(type);
    FunctionDefinition definition =
        definitions.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    return new FunctionInvoker(definition, FunctionInstances.create(definitions));
  }

  private static List<FunctionDefinition> definitions(Class<?> type) {
    return FunctionScanner.scan(List.of(type), any -> Path.of(""));
  }

  @SuppressWarnings({
    "unchecked",
    "rawtypes",
    "NullAway"
  }) // A list with a null is one of the cases.
  private static CallRequest request(List<?> records) {
    return new CallRequest(
        new TopicPartition("orders", 0), (List) records, 1, false, "cluster/topic");
  }

  private CallResult result() {
    assertThat(results).hasSize(1);
    return results.getFirst();
  }

  private Throwable cause() {
    return assertThat(result().failure())
        .asInstanceOf(InstanceOfAssertFactories.type(Failure.class))
        .actual()
        .cause();
  }

  private List<String> values() {
    return result().outputs().stream()
        .map(ProducerRecord::value)
        .map(value -> new String(value, StandardCharsets.UTF_8))
        .toList();
  }
}
