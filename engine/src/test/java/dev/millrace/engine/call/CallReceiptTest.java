package dev.millrace.engine.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import dev.millrace.plugin.Delivery;
import dev.millrace.plugin.Outgoing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class CallReceiptTest {
  private final Mailbox mailbox = new Mailbox();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

  private static OutgoingRecord output(int bytes) {
    return new OutgoingRecord(
        "out",
        null,
        new byte[bytes],
        List.of(
            new RecordHeader(
                Provenance.SOURCE, ("in/0/" + bytes + "@17").getBytes(StandardCharsets.UTF_8))));
  }

  private List<Event<ConsumerRecord<byte[], byte[]>>> send(int... sizes) {
    List<OutgoingRecord> outputs =
        java.util.Arrays.stream(sizes).mapToObj(CallReceiptTest::output).toList();
    CallReceipt.send(
        7, new CallResult(sizes.length, outputs, 0, null), new DirectSender(producer), mailbox);
    return mailbox.take();
  }

  @Test
  void isToldWhenTheLastOutputIsAcknowledged() {
    // Given
    assertThat(send(1, 2)).containsExactly(new Event.Returned<>(7, 2, 2, 3, null));
    producer.completeNext();
    assertThat(mailbox.take()).isEmpty();
    // When
    producer.completeNext();
    // Then
    assertThat(mailbox.take()).containsExactly(new Event.Delivered<>(7));
  }

  @Test
  void deliveredMeansThatNothingWasRefused() {
    // Given
    AtomicInteger delivered = new AtomicInteger();
    CallResult result = new CallResult(2, List.of(output(1), output(2)), 0, null);
    CallReceipt.send(
        7, result, new DirectSender(producer), mailbox, last -> delivered.incrementAndGet());
    CallReceipt.send(
        8, result, new DirectSender(producer), mailbox, last -> delivered.addAndGet(10));
    producer.completeNext();
    assertThat(delivered).hasValue(0);
    // When
    producer.completeNext();
    producer.completeNext();
    producer.errorNext(new RecordTooLargeException("too large"));
    // Then
    assertThat(delivered).hasValue(1);
  }

  @Test
  void aCallWithoutOutputsOnlyReturns() {
    // Given nothing
    // When
    List<Event<ConsumerRecord<byte[], byte[]>>> events = send();
    // Then
    assertThat(events).containsExactly(new Event.Returned<>(7, 0, 0, 0, null));
  }

  @Test
  void whatIsNotTheRecordsFaultIsTheClusters() {
    // Given
    send(1, 2);
    // When
    producer.errorNext(new OutOfOrderSequenceException("?"));
    producer.errorNext(new TimeoutException("away"));
    // Then it is told once
    assertThat(mailbox.take())
        .singleElement()
        .isInstanceOfSatisfying(
            Event.DeliveryFailed.class,
            failed -> assertThat(failed.failure()).isInstanceOf(Failure.Unavailable.class));
  }

  @Test
  void namesTheLargestOutputWhereOneIsTooLarge() {
    // Given
    send(1, 1_000, 2);
    producer.completeNext();
    // When
    producer.errorNext(new RecordTooLargeException("?"));
    // Then
    assertThat(mailbox.take())
        .singleElement()
        .isInstanceOfSatisfying(
            Event.DeliveryFailed.class,
            failed -> {
              assertThat(failed.failure()).isInstanceOf(Failure.InvalidOutput.class);
              assertThat(failed.failure().cause())
                  .hasMessageStartingWith(
                      "[in/0/1000] the output for 'out' made of in/0/1000 has 1,000 bytes, more"
                          + " than may be sent.");
            });
  }

  @Test
  void whatAClosedProducerDoesNotTakeIsTheClustersFault() {
    // Given
    producer.close();
    // When
    List<Event<ConsumerRecord<byte[], byte[]>>> events = send(1, 2);
    // Then
    assertThat(events).hasSize(2);
    assertThat(events.getFirst()).isInstanceOf(Event.Returned.class);
    assertThat(events.getLast())
        .isInstanceOfSatisfying(
            Event.DeliveryFailed.class,
            failed -> assertThat(failed.failure()).isInstanceOf(Failure.Unavailable.class));
  }

  /// Somebody else's way of sending, which does what a test says.
  private List<Event<ConsumerRecord<byte[], byte[]>>> sendBy(
      BiConsumer<List<? extends Outgoing>, Delivery.Receipt> sender) {
    CallReceipt.send(
        7,
        new CallResult(2, List.of(output(1), output(2)), 0, null),
        new Delivery.Sender() {
          @Override
          public void send(List<? extends Outgoing> outputs, Delivery.Receipt receipt) {
            sender.accept(outputs, receipt);
          }

          @Override
          public void close(Duration patience) {}
        },
        mailbox);
    return mailbox.take();
  }

  private static Failure failure(List<Event<ConsumerRecord<byte[], byte[]>>> events) {
    assertThat(events).hasSize(2).first().isInstanceOf(Event.Returned.class);
    return ((Event.DeliveryFailed<?>) events.getLast()).failure();
  }

  @Test
  void anOutputThatIsAcknowledgedTwiceDoesNotStandForAnother() {
    // Given
    List<Runnable> last = new ArrayList<>();
    // When
    List<Event<ConsumerRecord<byte[], byte[]>>> events =
        sendBy((outputs, receipt) -> {
          receipt.acknowledged(outputs.getFirst());
          receipt.acknowledged(outputs.getFirst());
          last.add(() -> receipt.acknowledged(outputs.getLast()));
        });
    // Then
    assertThat(events).containsExactly(new Event.Returned<>(7, 2, 2, 3, null));
    last.getFirst().run();
    assertThat(mailbox.take()).containsExactly(new Event.Delivered<>(7));
  }

  @Test
  void acknowledgingSomethingElseFails() {
    // When
    List<Event<ConsumerRecord<byte[], byte[]>>> events =
        sendBy((outputs, receipt) -> receipt.acknowledged(output(1)));
    // Then
    assertThat(failure(events).cause()).hasMessageContaining("no output of the call");
  }

  @Test
  void ofSeveralFailuresTheFirstCounts() {
    // When
    List<Event<ConsumerRecord<byte[], byte[]>>> events =
        sendBy((outputs, receipt) -> {
          receipt.refused(new IllegalArgumentException("too large"));
          receipt.failed(new IllegalStateException("closed"));
        });
    // Then
    assertThat(failure(events))
        .isInstanceOf(Failure.InvalidOutput.class)
        .extracting(Failure::cause)
        .hasToString("java.lang.IllegalArgumentException: too large");
  }

  @Test
  void anErrorOfTheSenderReturnsTheCallAndFailsItsDelivery() {
    // When
    List<Event<ConsumerRecord<byte[], byte[]>>> events =
        sendBy((outputs, receipt) -> {
          throw new NoClassDefFoundError("acme/Missing");
        });
    // Then
    assertThat(failure(events))
        .isInstanceOfSatisfying(
            Failure.Unavailable.class,
            unavailable ->
                assertThat(unavailable.cause()).isInstanceOf(NoClassDefFoundError.class));
  }
}
