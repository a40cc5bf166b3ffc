package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.KafkaFunction;
import dev.millrace.OnError;
import dev.millrace.Output;
import dev.millrace.Verdict;
import dev.millrace.VerdictException;
import dev.millrace.Verdicts;
import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.settings.FailureSettings;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.RetrySettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Records that fail, on a real broker.
class DeadLetterIT {
  private static final int RECORDS = 2_000;

  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// Throws at every 97th number.
  public static class Fragile {
    @KafkaFunction(name = "fragile", topics = "in", outputs = @Output(topic = "out"))
    public List<String> pass(List<String> numbers) {
      for (String number : numbers) {
        if (Integer.parseInt(number) % 97 == 0) {
          throw new IllegalStateException("cannot bear " + number);
        }
      }
      return numbers;
    }
  }

  /// Never returns from every 97th number until it is cancelled.
  public static class Hanging {
    @KafkaFunction(name = "hanging", topics = "in", outputs = @Output(topic = "out"))
    public List<String> pass(List<String> numbers) throws InterruptedException {
      for (String number : numbers) {
        if (Integer.parseInt(number) % 97 == 0) {
          Thread.sleep(60_000);
        }
      }
      return numbers;
    }
  }

  /// Says of each number what is to become of it.
  public static class Judging {
    @KafkaFunction(name = "judging", topics = "in", outputs = @Output(topic = "out"))
    public List<String> pass(List<String> numbers, Verdicts verdicts) {
      List<String> good = new ArrayList<>();
      for (String text : numbers) {
        int number = Integer.parseInt(text);
        if (number % 10 == 0) {
          verdicts.skip(text, "round");
        } else if (number % 10 == 1) {
          verdicts.deadLetter(text, "odd one " + number);
        } else {
          good.add(text);
        }
      }
      return good;
    }
  }

  /// The same, thrown for a single message.
  public static class Throwing {
    @KafkaFunction(name = "throwing", topics = "in", outputs = @Output(topic = "out"))
    public String pass(String text) {
      int number = Integer.parseInt(text);
      if (number % 10 == 0) {
        throw new VerdictException(Verdict.skip("round"));
      }
      if (number % 10 == 1) {
        throw new VerdictException(Verdict.deadLetter("odd one " + number));
      }
      return text;
    }
  }

  /// Takes bytes that are no text.
  public static class Reading {
    @KafkaFunction(name = "reading", topics = "in", outputs = @Output(topic = "out"))
    public List<String> pass(List<Map<String, Object>> objects) {
      return objects.stream().map(Object::toString).toList();
    }
  }

  private static FunctionSettings settings(OnError then, int batch, int retries, long deadline) {
    FunctionSettings defaults = FunctionSettings.defaults();
    return new FunctionSettings(
        defaults.start(),
        batch,
        defaults.batchBytes(),
        defaults.batchWait(),
        1,
        defaults.concurrency(),
        defaults.calls(),
        new RetrySettings(retries, Duration.ofMillis(1), Duration.ofMillis(2)),
        FailureSettings.defaults().withThen(then),
        Duration.ofMillis(deadline),
        "",
        "",
        "");
  }

  private static List<Integer> poison(int records) {
    return IntStream.range(0, records).filter(number -> number % 97 == 0).boxed().toList();
  }

  @ParameterizedTest
  @CsvSource({"DEAD_LETTER, 1", "DEAD_LETTER, 7", "DEAD_LETTER, 500", "SKIP, 500"})
  void everyRecordIsInTheOutputOrWhereThePolicySends(OnError then, int batch) throws Exception {
    // Given
    String name = "fragile-" + then.name().toLowerCase(java.util.Locale.ROOT) + "-" + batch;
    cluster.createWithOutput(name, 2);
    cluster.produce(name, 2, 0, RECORDS);
    try (Engine engine = cluster.engine(Map.of())) {
      // When
      FunctionRun run =
          engine.start(
              TestFunction.named(name).of(Fragile.class).invoker(),
              settings(then, batch, 1, 60_000));
      awaitCommitted(name);
      // Then
      List<Integer> poison = poison(RECORDS);
      TreeSet<Integer> healthy = new TreeSet<>(IntStream.range(0, RECORDS).boxed().toList());
      healthy.removeAll(poison);
      assertThat(cluster.values(name + "-out").stream().map(Integer::valueOf).sorted())
          .containsExactlyElementsOf(healthy);
      List<ConsumerRecord<byte[], byte[]>> dead = cluster.records(DeadLetter.topic(name, name));
      if (then == OnError.SKIP) {
        assertThat(dead).isEmpty();
        assertThat(run.meters().recordsSkipped()).isEqualTo(poison.size());
      } else {
        assertThat(dead.stream().map(DeadLetterIT::text).map(Integer::valueOf).sorted())
            .containsExactlyElementsOf(poison);
        assertThat(run.meters().deadLetters()).isEqualTo(poison.size());
      }
    }
  }

  @Test
  void aDeadLetterSaysAllThereIsToSay() throws Exception {
    // Given
    String name = "said";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 96, 98);
    try (Engine engine = cluster.engine(Map.of())) {
      // When
      engine.start(
          TestFunction.named(name).of(Fragile.class).invoker(),
          settings(OnError.DEAD_LETTER, 500, 1, 60_000));
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 2);
    }
    // Then
    ConsumerRecord<byte[], byte[]> record =
        cluster.records(DeadLetter.topic(name, name)).getFirst();
    DeadLetter letter = DeadLetter.of(record.headers()).orElseThrow();
    assertThat(text(record)).isEqualTo("97");
    assertThat(letter.topic()).isEqualTo(name);
    assertThat(letter.offset()).isEqualTo(1);
    assertThat(letter.function()).isEqualTo(name);
    assertThat(letter.error()).isEqualTo("java.lang.IllegalStateException");
    assertThat(letter.message()).isEqualTo("cannot bear 97");
    assertThat(letter.stack()).contains("Fragile.pass(DeadLetterIT.java:");
    assertThat(letter.fingerprint())
        .startsWith("java.lang.IllegalStateException at ")
        .contains("Fragile.pass");
    assertThat(letter.attempts()).isEqualTo(4);
    assertThat(letter.hops()).isEqualTo(1);
    assertThat(letter.first()).isBeforeOrEqualTo(letter.last());
    ConsumerRecord<byte[], byte[]> restored = DeadLetter.restored(record);
    assertThat(restored.topic()).isEqualTo(name);
    assertThat(restored.offset()).isEqualTo(1);
    assertThat(restored.headers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"judging", "throwing"})
  void verdictsHoldForTheirMessages(String name) throws Exception {
    // Given
    cluster.createWithOutput(name, 2);
    cluster.produce(name, 2, 0, 1_000);
    try (Engine engine = cluster.engine(Map.of())) {
      // When
      engine.start(
          TestFunction.named(name)
              .of(name.equals("judging") ? Judging.class : Throwing.class)
              .invoker(),
          settings(OnError.STOP, 500, 5, 60_000));
      awaitCommitted(name, 500);
    }
    // Then
    assertThat(cluster.values(name + "-out")).hasSize(800).doesNotHaveDuplicates();
    assertThat(cluster.records(DeadLetter.topic(name, name)))
        .hasSize(100)
        .allSatisfy(record -> {
          DeadLetter letter = DeadLetter.of(record.headers()).orElseThrow();
          assertThat(letter.error()).isEqualTo("Verdict");
          assertThat(letter.message()).isEqualTo("odd one " + text(record));
          assertThat(letter.attempts()).isOne();
          assertThat(letter.fingerprint()).doesNotContain(text(record));
        });
  }

  @Test
  void aFunctionThatHangsLosesNothing() throws Exception {
    // Given
    String name = "hanging";
    cluster.createWithOutput(name, 1);
    cluster.produce(name, 1, 90, 110);
    try (Engine engine = cluster.engine(Map.of())) {
      // When
      engine.start(
          TestFunction.named(name).of(Hanging.class).invoker(),
          settings(OnError.DEAD_LETTER, 500, 0, 300));
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 20);
    }
    // Then
    assertThat(cluster.values(name + "-out")).hasSize(19).doesNotContain("97");
    assertThat(cluster.records(DeadLetter.topic(name, name)))
        .singleElement()
        .satisfies(record -> {
          assertThat(text(record)).isEqualTo("97");
          assertThat(DeadLetter.of(record.headers()).orElseThrow().error()).isEqualTo("Overdue");
        });
  }

  @Test
  void whatCannotBeReadIsADeadLetterWithItsBytes() throws Exception {
    // Given
    String name = "reading";
    cluster.createWithOutput(name, 1);
    for (String value : List.of("{\"a\":1}", "{broken", "{\"a\":2}")) {
      cluster.produceKey(name, "key", value);
    }
    try (Engine engine = cluster.engine(Map.of())) {
      // When
      engine.start(
          TestFunction.named(name).of(Reading.class).invoker(),
          settings(OnError.STOP, 500, 5, 60_000));
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 3);
    }
    // Then
    assertThat(cluster.values(name + "-out")).containsExactly("{a=1}", "{a=2}");
    assertThat(cluster.records(DeadLetter.topic(name, name)))
        .singleElement()
        .satisfies(record -> {
          assertThat(text(record)).isEqualTo("{broken");
          DeadLetter letter = DeadLetter.of(record.headers()).orElseThrow();
          assertThat(letter.error()).isEqualTo("Unreadable");
          assertThat(letter.message()).doesNotContain("{broken");
        });
  }

  @Test
  void aDeadLetterThatDoesNotFitStopsThePartition() throws Exception {
    // Given a dead-letter topic that takes only small records
    String name = "tight";
    cluster.createWithOutput(name, 1);
    cluster.create(DeadLetter.topic(name, name), 1, Map.of("max.message.bytes", "200"));
    cluster.produce(name, 1, 96, 99);
    try (CapturedLog log = new CapturedLog();
        Engine engine = cluster.engine(Map.of())) {
      // When
      FunctionRun run =
          engine.start(
              TestFunction.named(name).of(Fragile.class).invoker(),
              settings(OnError.DEAD_LETTER, 500, 0, 60_000));
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.status().word() == FunctionStatus.Word.STOPPED);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 1);
      // Then
      assertThat(log.lines())
          .anyMatch(line ->
              line.startsWith(
                  "ERROR [tight, tight-0 @ 1] the function threw IllegalStateException: cannot bear"
                      + " 97; the cluster refused it as a dead letter: the output for"
                      + " 'tight.tight.dlq' has "));
    }
  }

  private static String text(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  private static void awaitCommitted(String name) {
    awaitCommitted(name, RECORDS / 2);
  }

  private static void awaitCommitted(String name, long each) {
    await()
        .atMost(TestCluster.PATIENCE)
        .until(() ->
            cluster.committed(name, name, 0) == each && cluster.committed(name, name, 1) == each);
  }
}
