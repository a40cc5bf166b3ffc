package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.engine.call.DirectSender;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.call.InProcessExecutor;
import dev.millrace.engine.core.Guarantee;
import dev.millrace.engine.core.Limits;
import dev.millrace.engine.core.Ordering;
import dev.millrace.engine.core.Policy;
import dev.millrace.engine.loop.LoopSettings;
import dev.millrace.engine.metrics.FunctionMeters;
import dev.millrace.engine.metrics.Meters;
import dev.millrace.engine.settings.Start;
import dev.millrace.plugin.Delivery;
import dev.millrace.plugin.Outgoing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a slot does when its clients fail as a real cluster cannot be made to let them.
class SlotTest {
  private static final TopicPartition PARTITION = new TopicPartition("in", 0);

  private final Deque<Consumer<byte[], byte[]>> consumers = new ArrayDeque<>();
  private final Deque<MockProducer<byte[], byte[]>> producers = new ConcurrentLinkedDeque<>();
  private final CapturedLog log = new CapturedLog();
  private Supplier<Delivery.Sender> senders = () -> new DirectSender(producer());
  private Slot slot;

  @BeforeEach
  void build() {
    FunctionDefinition definition =
        FunctionScanner.scan(List.of(TestFunction.Copy.class), any -> Path.of(".")).getFirst();
    FunctionInvoker invoker =
        new FunctionInvoker(definition, FunctionInstances.create(List.of(definition)));
    FunctionMeters meters = new Meters().function("copy");
    Duration drain = Duration.ofSeconds(1);
    slot =
        new Slot(
            "copy-0",
            new LoopSettings(List.of("in"), new Start.Earliest(), drain, drain),
            new Limits(
                10,
                1_000_000,
                0,
                10,
                60_000,
                100,
                1_000_000,
                1_000_000,
                10,
                10,
                100,
                Ordering.PARTITION,
                Guarantee.AT_LEAST_ONCE,
                new Limits.Retry(0, 1, 1, 0),
                Policy.stopping(600_000)),
            consumers::pollFirst,
            () -> senders.get(),
            (sender, mailbox) ->
                new InProcessExecutor(
                    "copy-0",
                    Thread.ofPlatform(),
                    () -> invoker,
                    sender,
                    mailbox,
                    meters,
                    topic -> topic,
                    () -> drain),
            new RunListener("copy", () -> definition, meters),
            topic -> "cluster/" + topic);
  }

  private MockProducer<byte[], byte[]> producer() {
    producers.add(
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()));
    return producers.getLast();
  }

  @AfterEach
  void end() throws Exception {
    slot.stop();
    slot.awaitEnd();
    log.close();
  }

  /// A consumer that is given a partition with one record by its first poll.
  private static MockConsumer<byte[], byte[]> working() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 1L));
    consumer.schedulePollTask(() -> consumer.rebalance(List.of(PARTITION)));
    consumer.schedulePollTask(() ->
        consumer.addRecord(
            new ConsumerRecord<>("in", 0, 0, null, "hello".getBytes(StandardCharsets.UTF_8))));
    return consumer;
  }

  private void awaitTheRecord(MockConsumer<byte[], byte[]> consumer) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          var committed = consumer.committed(Set.of(PARTITION)).get(PARTITION);
          return committed != null && committed.offset() == 1;
        });
    assertThat(producers.getLast().history()).hasSize(1);
  }

  @Test
  void clientsThatBreakAreReplaced() {
    // Given
    MockConsumer<byte[], byte[]> broken = new MockConsumer<>("none");
    broken.setPollException(new KafkaException("fenced for ever"));
    MockConsumer<byte[], byte[]> next = working();
    consumers.addAll(List.of(broken, next));
    // When
    slot.start();
    // Then
    awaitTheRecord(next);
    assertThat(broken.closed()).isTrue();
    assertThat(slot.defect()).isEmpty();
    assertThat(log.lines())
        .containsExactly(
            "WARN [copy] the cluster cannot be used: KafkaException: fenced for ever. Nothing is"
                + " lost; tried again in 500 ms.");
  }

  @Test
  void aMemberThatMayNotReadForNowStays() {
    // Given rights that come back
    MockConsumer<byte[], byte[]> consumer = working();
    AuthorizationException topic = new TopicAuthorizationException(Set.of("in"));
    consumer.setPollException(topic);
    consumers.add(consumer);
    // When
    slot.start();
    // Then
    awaitTheRecord(consumer);
    assertThat(consumer.closed()).isFalse();
    assertThat(log.lines())
        .containsExactly(
            "WARN [copy] the cluster cannot be used: TopicAuthorizationException: Not authorized to"
                + " access topics: [in]. Nothing is lost; tried again in 200 ms.",
            "INFO [copy] the cluster can be used again.");
  }

  @Test
  void aMemberThatMayNotJoinIsReplaced() {
    // Given rights that come back
    MockConsumer<byte[], byte[]> refused = new MockConsumer<>("none");
    refused.setPollException(GroupAuthorizationException.forGroupId("copy"));
    MockConsumer<byte[], byte[]> next = working();
    consumers.addAll(List.of(refused, next));
    // When
    slot.start();
    // Then
    awaitTheRecord(next);
    assertThat(refused.closed()).isTrue();
    assertThat(log.lines())
        .containsExactly(
            "WARN [copy] the cluster cannot be used: GroupAuthorizationException: Not authorized to"
                + " access group: copy. Nothing is lost; tried again in 500 ms.");
  }

  /// A delivery that cannot be closed.
  private final class Open implements Delivery.Sender {
    private final DirectSender sender = new DirectSender(producer());

    @Override
    public void send(List<? extends Outgoing> outputs, Delivery.Receipt receipt) {
      sender.send(outputs, receipt);
    }

    @Override
    public void close(Duration patience) {
      throw new NoClassDefFoundError("acme/Pigeon");
    }
  }

  @Test
  void aDeliveryThatCannotBeClosedIsReplacedAllTheSame() {
    // Given
    MockConsumer<byte[], byte[]> broken = new MockConsumer<>("none");
    broken.setPollException(new KafkaException("fenced for ever"));
    MockConsumer<byte[], byte[]> next = working();
    consumers.addAll(List.of(broken, next));
    senders = Open::new;
    // When
    slot.start();
    // Then
    awaitTheRecord(next);
    assertThat(slot.defect()).isEmpty();
    assertThat(log.lines())
        .containsExactly(
            "WARN [copy] the delivery could not be closed: NoClassDefFoundError: acme/Pigeon."
                + " Nothing is lost: what it had not acknowledged is sent again. Correct the"
                + " plug-in.",
            "WARN [copy] the cluster cannot be used: KafkaException: fenced for ever. Nothing is"
                + " lost; tried again in 500 ms.");
  }

  @Test
  void aMemberThatDrainedHasDrainedWhateverItsDeliverySays() throws Exception {
    // Given
    MockConsumer<byte[], byte[]> consumer = working();
    consumers.add(consumer);
    senders = Open::new;
    slot.start();
    awaitTheRecord(consumer);
    // When
    slot.stop();
    // Then
    assertThat(slot.awaitEnd()).isTrue();
    assertThat(slot.defect()).isEmpty();
  }

  @Test
  void aDeliveryThatIsOpenedForEverIsSeen() {
    // Given
    CountDownLatch go = new CountDownLatch(1);
    consumers.add(working());
    senders =
        () -> {
          try {
            go.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return new DirectSender(producer());
        };
    assertThat(slot.sinceTick()).isZero();
    // When
    slot.start();
    // Then it grows
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> slot.sinceTick().compareTo(Duration.ofMillis(100)) > 0);
    go.countDown();
  }

  @Test
  void aDefectEndsTheSlotAndSaysSo() throws Exception {
    // Given something nobody thought of
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    consumer.schedulePollTask(() -> {
      throw new IllegalStateException("not thought of");
    });
    consumers.add(consumer);
    // When
    slot.start();
    boolean drained = slot.awaitEnd();
    // Then
    assertThat(drained).isFalse();
    assertThat(slot.defect()).containsInstanceOf(IllegalStateException.class);
    assertThat(consumer.closed()).isTrue();
    assertThat(slot.partitions()).isEmpty();
    assertThat(log.lines())
        .hasSize(1)
        .first()
        .asString()
        .startsWith("ERROR [copy] a defect of Millrace ended this function. Nothing is lost.");
  }
}
