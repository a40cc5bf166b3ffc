package dev.millrace.engine.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Output;
import dev.millrace.engine.call.DirectSender;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.kafka.ClusterProblems;
import dev.millrace.engine.kafka.RecordId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Kills a redrive before and after everything that it does to the cluster, runs it again, and
/// counts what the topics hold then.
class RedriveKillTest {
  private static final String LETTERS = "in.fn.dlq";
  private static final Redrive.Limits LIMITS =
      new Redrive.Limits(4, 1 << 20, Duration.ofMinutes(1));
  private static final int NEVER = Integer.MAX_VALUE;

  /// Where redrives leave dead letters alone.
  private static final int MOST_HOPS = 5;

  private static final FunctionInvoker BROKEN = RedriveTest.invoker(RedriveTest.Fixed.class);
  private static final FunctionInvoker MENDED = RedriveTest.invoker(Mended.class);

  private static final Set<String> HEALTHY = Set.of("in/3/1", "in/3/4", "in/4/1");
  private static final Set<String> FAILING = Set.of("in/3/2", "in/4/2");

  public static class Mended {
    @KafkaFunction(name = "fn", topics = "in", outputs = @Output(topic = "out"))
    public List<String> call(List<Message<String>> messages) {
      return messages.stream()
          .map(each -> each.topic() + "/" + each.partition() + "/" + each.offset())
          .toList();
    }
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /// How far a process comes. Once it is killed it does nothing any more.
  private static final class Life {
    private final int end;
    private int at;
    private boolean over;

    /// @param end two for each thing done to the cluster: even = killed before it, odd = after it
    Life(int end) {
      this.end = end;
    }

    synchronized <T extends @Nullable Object> T step(Supplier<T> what) {
      pass();
      T result = what.get();
      pass();
      return result;
    }

    private void pass() {
      if (over || at++ == end) {
        over = true;
        throw new Killed();
      }
    }

    synchronized boolean isOver() {
      return over;
    }
  }

  private static final class MortalProducer extends MockProducer<byte[], byte[]> {
    private final Life life;

    MortalProducer(Life life) {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
      this.life = life;
    }

    private void step(Runnable what) {
      life.<@Nullable Void>step(() -> {
        what.run();
        return null;
      });
    }

    @Override
    public void initTransactions() {
      step(super::initTransactions);
    }

    @Override
    public void beginTransaction() {
      step(super::beginTransaction);
    }

    @Override
    public void commitTransaction() {
      step(super::commitTransaction);
    }

    @Override
    public Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
      return life.step(() -> super.send(record, callback));
    }
  }

  /// What outlives every process.
  private static final class Cluster {
    private final List<StoredLetter> letters = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final List<ConsumerRecord<byte[], byte[]>> fates = new ArrayList<>();

    /// Two batches: one with two dead letters of a message that fails, one with two of a healthy
    /// message and with two sources.
    Cluster() {
      letter(3, 1, "fine", 1);
      letter(3, 2, "poison", 1);
      letter(3, 3, "skip", 1);
      letter(3, 2, "poison", 2);
      letter(4, 1, "fine", 1);
      letter(3, 4, "fine", 1);
      letter(3, 4, "fine", 2);
      letter(4, 2, "reject", 1);
    }

    private void letter(int partition, long offset, String value, int hops) {
      keep(RedriveTest.headers(partition, offset, hops), value.getBytes(UTF_8));
    }

    private void keep(Headers headers, byte[] value) {
      ConsumerRecord<byte[], byte[]> record =
          new ConsumerRecord<>(
              LETTERS,
              0,
              letters.size(),
              0,
              TimestampType.CREATE_TIME,
              -1,
              value.length,
              null,
              value,
              headers,
              Optional.empty());
      letters.add(DeadLetters.letter("id", record).orElseThrow());
    }

    /// The dead letters that a redrive finds.
    List<StoredLetter> open() {
      Map<RecordId, Fate> read = new HashMap<>();
      fates.forEach(each -> DeadLetters.note(each, read));
      Fates known = new Fates(read);
      return letters.stream().filter(each -> known.of(each).isEmpty()).toList();
    }

    List<StoredLetter> open(int mostHops) {
      return open().stream().filter(each -> each.letter().hops() < mostHops).toList();
    }

    /// @return whether it was killed
    boolean redrive(FunctionInvoker function, int mostHops, int end) {
      Life life = new Life(end);
      try (MortalProducer out = new MortalProducer(life);
          MortalProducer notes = new MortalProducer(life)) {
        try {
          redrive(function, mostHops, out, notes);
        } catch (RuntimeException e) {
          if (!life.isOver()) {
            throw e;
          }
        }
        out.history().forEach(this::keep);
        // Without those of a transaction that was not committed.
        notes
            .history()
            .forEach(each ->
                fates.add(
                    new ConsumerRecord<>(each.topic(), 0, fates.size(), each.key(), each.value())));
      }
      return life.isOver();
    }

    private void redrive(
        FunctionInvoker function, int mostHops, MortalProducer out, MortalProducer notes) {
      notes.initTransactions();
      FateLog log = new FateLog(notes, new ClusterProblems("here:9092"), Optional.of("fn"));
      try (Redrive redrive = new Redrive(function, LIMITS, new DirectSender(out), log, "ann")) {
        open(mostHops).forEach(redrive::add);
        redrive.finish();
      }
    }

    private void keep(ProducerRecord<byte[], byte[]> sent) {
      if (sent.topic().equals(LETTERS)) {
        keep(sent.headers(), sent.value());
      } else {
        outputs.add(new String(sent.value(), UTF_8));
      }
    }
  }

  private static String message(StoredLetter letter) {
    return letter.letter().topic()
        + "/"
        + letter.letter().partition()
        + "/"
        + letter.letter().offset();
  }

  /// Looks at what is there after some kills and one redrive without.
  private static void check(Cluster cluster, int before, int kills) {
    // One fate for each that was there: of its kind, and never a second one.
    Map<String, String> kinds = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> each : cluster.fates) {
      String kind = Fate.read(each.value()).orElseThrow().kind().toString();
      assertThat(kinds.put(new String(each.key(), UTF_8), kind)).isNull();
    }
    assertThat(kinds).hasSize(before);
    for (StoredLetter each : cluster.letters.subList(0, before)) {
      String kind =
          HEALTHY.contains(message(each))
              ? "redriven"
              : FAILING.contains(message(each)) ? "failed-again" : "skipped";
      assertThat(kinds).containsEntry(each.id().toString(), kind);
    }
    // All outputs, and a batch more for each kill.
    assertThat(cluster.outputs).containsOnlyElementsOf(HEALTHY).containsAll(HEALTHY);
    assertThat(cluster.outputs.size() - HEALTHY.size())
        .isLessThanOrEqualTo(kills * LIMITS.batchSize());
    // Whatever failed is open once, and once more for each kill.
    Map<String, List<StoredLetter>> open =
        cluster.open().stream().collect(Collectors.groupingBy(RedriveKillTest::message));
    assertThat(open.keySet()).isEqualTo(FAILING);
    open.forEach((message, letters) -> {
      assertThat(letters).hasSizeBetween(1, 1 + kills);
      int first = message.equals("in/3/2") ? 2 : 1;
      assertThat(letters)
          .extracting(each -> each.letter().hops())
          .allMatch(hops -> hops > first && hops <= first + 1 + kills);
    });
  }

  /// Redrives until all have failed too often, then mends the function.
  private static void checkEnd(Cluster cluster, int kills) {
    for (int i = 0; i < MOST_HOPS; i++) {
      cluster.redrive(BROKEN, MOST_HOPS, NEVER);
    }
    assertThat(cluster.open(MOST_HOPS)).isEmpty();
    assertThat(cluster.open())
        .allMatch(each -> each.letter().hops() == MOST_HOPS)
        .hasSizeBetween(FAILING.size(), FAILING.size() + kills * LIMITS.batchSize());
    assertThat(cluster.redrive(MENDED, NEVER, NEVER)).isFalse();
    assertThat(cluster.open()).isEmpty();
    assertThat(cluster.outputs).containsAll(HEALTHY).containsAll(FAILING);
    assertThat(cluster.outputs.size() - HEALTHY.size() - FAILING.size())
        .isLessThanOrEqualTo(kills * LIMITS.batchSize());
  }

  @Test
  void nothingIsRepeatedWithoutAKill() {
    // Given
    Cluster cluster = new Cluster();
    int before = cluster.letters.size();
    // When
    cluster.redrive(BROKEN, MOST_HOPS, NEVER);
    // Then
    check(cluster, before, 0);
    checkEnd(cluster, 0);
  }

  @Test
  void aKillAtAnyPointLosesNothingAndRepeatsOneBatch() {
    int points = 0;
    Cluster cluster = new Cluster();
    for (; cluster.redrive(BROKEN, MOST_HOPS, points); points++) {
      // Given one that was killed
      int before = cluster.letters.size();
      // When
      cluster.redrive(BROKEN, MOST_HOPS, NEVER);
      // Then
      check(cluster, before, 1);
      checkEnd(cluster, 1);
      cluster = new Cluster();
    }
    // Beginning; outputs, new letters, fates and the ends of their transactions in two batches.
    assertThat(points).isEqualTo(2 * (1 + (1 + 1 + 1 + 4 + 1) + (2 + 1 + 1 + 4 + 1)));
  }

  @Test
  void soDoesAKillOfTheRedriveAfterIt() {
    // What is there after one thing is what is there before the next.
    Cluster cluster = new Cluster();
    for (int first = 0; cluster.redrive(BROKEN, MOST_HOPS, first); first += 2) {
      for (int second = 0; cluster.redrive(BROKEN, MOST_HOPS, second); second += 2) {
        // Given one that was killed twice
        int before = cluster.letters.size();
        // When
        cluster.redrive(BROKEN, MOST_HOPS, NEVER);
        // Then
        check(cluster, before, 2);
        cluster = new Cluster();
        cluster.redrive(BROKEN, MOST_HOPS, first);
      }
      cluster = new Cluster();
    }
  }
}
