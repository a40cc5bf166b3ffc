package dev.millrace.engine.deadletters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Output;
import dev.millrace.Verdicts;
import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.call.DirectSender;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.kafka.ClusterProblems;
import dev.millrace.engine.kafka.RecordId;
import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.plugin.Delivery;
import dev.millrace.plugin.Outgoing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class RedriveTest {
  private static final Redrive.Limits LIMITS =
      new Redrive.Limits(500, 1 << 20, Duration.ofMinutes(1));

  private final MockProducer<byte[], byte[]> outputs = producer();
  private final MockProducer<byte[], byte[]> fates = producer();
  private final FateLog log =
      new FateLog(fates, new ClusterProblems("here:9092"), Optional.of("fn"));

  {
    fates.initTransactions();
  }

  private static MockProducer<byte[], byte[]> producer() {
    return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  public static class Fixed {
    static final AtomicInteger CALLS = new AtomicInteger();

    @KafkaFunction(name = "fn", topics = "in", outputs = @Output(topic = "out"))
    public List<String> call(List<Message<String>> messages, Verdicts verdicts) {
      CALLS.incrementAndGet();
      List<String> out = new ArrayList<>();
      for (Message<String> message : messages) {
        String value = message.value();
        if (value.startsWith("poison")) {
          throw new IllegalArgumentException("cannot do " + value);
        } else if (value.equals("skip")) {
          verdicts.skip(message, "old");
        } else if (value.equals("reject")) {
          verdicts.deadLetter(message, "no price");
        } else if (value.equals("stop")) {
          verdicts.stop(message, "no licence");
        } else {
          out.add(message.topic() + "/" + message.partition() + "/" + message.offset());
        }
      }
      return out;
    }
  }

  public static class Hanging {
    @KafkaFunction(name = "fn", topics = "in", outputs = @Output(topic = "out"))
    public String call(String message) throws InterruptedException {
      if (message.equals("hang")) {
        new CountDownLatch(1).await();
      }
      return message;
    }
  }

  static FunctionInvoker invoker(Class<?> type) {
    FunctionDefinition definition =
        FunctionScanner.scan(List.of(type), any -> Path.of(".")).getFirst();
    return new FunctionInvoker(definition, FunctionInstances.create(List.of(definition)));
  }

  /// The dead letter at this offset of `in.fn.dlq`, from the offset 1,000 higher of `in-3`.
  private static StoredLetter letter(long at, String value, int hops) {
    return letter(at, 1_000 + at, value, hops);
  }

  private static StoredLetter letter(long at, long offset, String value, int hops) {
    RecordHeaders headers = headers(3, offset, hops);
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(
            "in.fn.dlq",
            0,
            at,
            0,
            TimestampType.CREATE_TIME,
            1,
            bytes.length,
            new byte[] {'k'},
            bytes,
            headers,
            Optional.empty());
    return new StoredLetter(
        new RecordId("in.fn.dlq", 0, at), "id", DeadLetter.of(headers).orElseThrow(), record);
  }

  /// Those of a dead letter of this record of `in`.
  static RecordHeaders headers(int partition, long offset, int hops) {
    RecordHeaders headers = new RecordHeaders();
    Map.of(
            "topic", "in",
            "partition", Integer.toString(partition),
            "offset", Long.toString(offset),
            "timestamp", "1700000000000",
            "origin", "cluster/topic",
            "function", "fn",
            "attempts", "2",
            "first", "2026-01-01T00:00:00Z",
            "hops", Integer.toString(hops))
        .forEach((name, text) ->
            headers.add("millrace-dlq-" + name, text.getBytes(StandardCharsets.UTF_8)));
    return headers;
  }

  private RedriveOutcome redrive(StoredLetter... letters) {
    return redrive(new DirectSender(outputs), letters);
  }

  private RedriveOutcome redrive(Delivery.Sender sender, StoredLetter... letters) {
    try (Redrive redrive = new Redrive(invoker(Fixed.class), LIMITS, sender, log, "ann")) {
      return run(redrive, letters);
    }
  }

  private static RedriveOutcome run(Redrive redrive, StoredLetter... letters) {
    for (StoredLetter each : letters) {
      redrive.add(each);
    }
    redrive.finish();
    return redrive.outcome();
  }

  private static List<String> values(MockProducer<byte[], byte[]> producer, String topic) {
    return producer.history().stream()
        .filter(each -> each.topic().equals(topic))
        .map(each -> new String(each.value(), StandardCharsets.UTF_8))
        .toList();
  }

  private List<ProducerRecord<byte[], byte[]>> newLetters() {
    return outputs.history().stream().filter(each -> each.topic().equals("in.fn.dlq")).toList();
  }

  /// Each as `id kind`, in the order of the ids.
  private List<String> fates() {
    return fates.history().stream()
        .map(each ->
            new String(each.key(), StandardCharsets.UTF_8).replace("in.fn.dlq/0/", "")
                + " "
                + Fate.read(each.value()).orElseThrow().kind())
        .sorted()
        .toList();
  }

  @Test
  void theFunctionSeesTheOriginalPlaces() {
    // Given dead letters whose originals came in another order
    StoredLetter late = letter(0, 9, "a", 1);
    StoredLetter early = letter(1, 4, "b", 1);
    // When
    RedriveOutcome outcome = redrive(late, early);
    // Then
    assertThat(values(outputs, "out")).containsExactly("in/3/4", "in/3/9");
    assertThat(outcome.redriven()).isEqualTo(2);
    assertThat(outcome.outputs()).containsExactly(Map.entry("out", 2L));
    assertThat(outcome.passed()).isTrue();
    assertThat(fates()).containsExactly("0 redriven", "1 redriven");
    assertThat(Fate.read(fates.history().getFirst().value()).orElseThrow())
        .satisfies(fate -> {
          assertThat(fate.by()).isEqualTo("ann");
          assertThat(fate.function()).isEqualTo("fn");
          assertThat(fate.topicId()).isEqualTo("id");
          assertThat(fate.at()).isAfter(Instant.EPOCH);
        });
  }

  @Test
  void whatFailsAgainBecomesANewDeadLetterWithOneHopMore() {
    // Given
    StoredLetter[] letters =
        IntStream.range(0, 64)
            .mapToObj(i -> letter(i, i == 17 || i == 63 ? "poison " + i : "fine", 2))
            .toArray(StoredLetter[]::new);
    Fixed.CALLS.set(0);
    // When
    RedriveOutcome outcome = redrive(letters);
    // Then the search is by halves, without a call where the left one says it all
    assertThat(Fixed.CALLS).hasValue(18);
    assertThat(outcome.redriven()).isEqualTo(62);
    assertThat(outcome.failedAgain()).isEqualTo(2);
    assertThat(values(outputs, "out")).hasSize(62).doesNotHaveDuplicates();
    assertThat(newLetters())
        .extracting(each -> DeadLetter.of(each.headers()).orElseThrow())
        .extracting(DeadLetter::offset, DeadLetter::hops, DeadLetter::attempts)
        .containsExactly(tuple(1_017L, 3, 3), tuple(1_063L, 3, 3));
    assertThat(fates()).hasSize(64).contains("17 failed-again", "63 failed-again", "5 redriven");
    assertThat(outcome.failures())
        .singleElement()
        .satisfies(each -> {
          assertThat(each.count()).isEqualTo(2);
          assertThat(each.error()).isEqualTo("java.lang.IllegalArgumentException");
        });
  }

  @Test
  void verdictsAreHonoured() {
    // Given
    StoredLetter[] letters = {letter(0, "skip", 1), letter(1, "reject", 1), letter(2, "fine", 1)};
    // When
    RedriveOutcome outcome = redrive(letters);
    // Then
    assertThat(outcome.skipped()).isEqualTo(1);
    assertThat(outcome.failedAgain()).isEqualTo(1);
    assertThat(fates()).containsExactly("0 skipped", "1 failed-again", "2 redriven");
    assertThat(outcome.failures().getFirst().error()).isEqualTo("Verdict");
  }

  @Test
  void theFunctionCanStopIt() {
    // Given
    StoredLetter[] letters = {letter(0, "fine", 1), letter(1, "stop", 1)};
    // When
    RedriveOutcome outcome = redrive(letters);
    // Then what it stopped at is open
    assertThat(outcome.stopped()).hasValueSatisfying(why -> assertThat(why).contains("no licence"));
    assertThat(outcome.passed()).isFalse();
    assertThat(fates()).containsExactly("0 redriven");
  }

  @Test
  void twoDeadLettersOfOneMessageAreOneCall() {
    // Given a kill between the new dead letter and the fate of the old one
    StoredLetter[] letters = {letter(0, 7, "poison", 1), letter(1, 7, "poison", 2)};
    // When
    redrive(letters);
    // Then
    assertThat(newLetters())
        .singleElement()
        .satisfies(
            each -> assertThat(DeadLetter.of(each.headers()).orElseThrow().hops()).isEqualTo(3));
    assertThat(fates()).containsExactly("0 failed-again", "1 failed-again");
  }

  /// Answers each output in one way.
  private record Answering(BiConsumer<Outgoing, Delivery.Receipt> answer)
      implements Delivery.Sender {
    @Override
    public void send(List<? extends Outgoing> outputs, Delivery.Receipt receipt) {
      outputs.forEach(each -> answer.accept(each, receipt));
    }

    @Override
    public void close(Duration patience) {}
  }

  @Test
  void noFateIsWrittenBeforeTheOutputsAreThere() {
    // Given a cluster that takes the output of the first batch only
    AtomicInteger sent = new AtomicInteger();
    Answering sender =
        new Answering((output, receipt) -> {
          if (sent.incrementAndGet() == 1) {
            assertThat(fates.history()).isEmpty();
            receipt.acknowledged(output);
          } else {
            receipt.failed(new TimeoutException("away"));
          }
        });
    Redrive.Limits single = new Redrive.Limits(1, 1 << 20, Duration.ofMinutes(1));
    try (Redrive redrive = new Redrive(invoker(Fixed.class), single, sender, log, "ann")) {
      redrive.add(letter(0, "fine", 1));
      // When
      assertThatThrownBy(() -> redrive.add(letter(1, "fine", 1)))
          // Then
          .isInstanceOf(UnavailableException.class)
          .hasMessage(
              "[fn] the cluster did not take the outputs: away. Nothing is lost: look after the"
                  + " cluster and run it again, it goes on where it was.");
    }
    assertThat(fates()).containsExactly("0 redriven");
  }

  @Test
  void aNewDeadLetterThatIsRefusedHoldsNothing() {
    // Given
    Answering sender =
        new Answering((output, receipt) -> {
          if (output.topic().equals("in.fn.dlq")
              && new String(output.value(), StandardCharsets.UTF_8).equals("poison large")) {
            receipt.refused(new RecordTooLargeException("too large"));
          } else {
            receipt.acknowledged(output);
          }
        });
    // When
    RedriveOutcome outcome =
        redrive(
            sender,
            letter(0, "poison large", 1),
            letter(1, "poison small", 1),
            letter(2, "fine", 1));
    // Then it stays as it is
    assertThat(outcome.kept()).isEqualTo(1);
    assertThat(outcome.failedAgain()).isEqualTo(1);
    assertThat(fates()).containsExactly("1 failed-again", "2 redriven");
  }

  @Test
  void aDryRunSendsAndWritesNothing() {
    // Given
    StoredLetter[] letters = {letter(0, "fine", 1), letter(1, "poison", 1), letter(2, "skip", 1)};
    try (Redrive redrive = Redrive.dry(invoker(Fixed.class), LIMITS)) {
      // When
      RedriveOutcome outcome = run(redrive, letters);
      // Then
      assertThat(outcome.redriven()).isEqualTo(1);
      assertThat(outcome.skipped()).isEqualTo(1);
      assertThat(outcome.failedAgain()).isEqualTo(1);
      assertThat(outcome.outputs()).containsExactly(Map.entry("out", 1L));
    }
    assertThat(fates.history()).isEmpty();
    assertThat(outputs.history()).isEmpty();
  }

  @Test
  void aCallThatHangsFailsAtItsDeadline() {
    // Given
    Redrive.Limits hasty = new Redrive.Limits(500, 1 << 20, Duration.ofMillis(200));
    try (Redrive redrive =
        new Redrive(invoker(Hanging.class), hasty, new DirectSender(outputs), log, "ann")) {
      // When
      RedriveOutcome outcome = run(redrive, letter(0, "fine", 1), letter(1, "hang", 1));
      // Then
      assertThat(outcome.failures().getFirst().error()).isEqualTo("Overdue");
    }
    assertThat(fates()).containsExactly("0 redriven", "1 failed-again");
  }
}
