package dev.millrace.bench.contender;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// The loop of somebody who knows Kafka well: reads on while earlier batches are under way, counts
/// the acknowledgements of each batch, and commits what is acknowledged without waiting.
///
/// It passes no test of a rebalance: there is one member, and it is here to be fast.
final class PipelinedLoop implements Contender {
  private static final int MOST_IN_FLIGHT = 50_000;

  @Override
  public void run(Task task, Stop stop) throws Exception {
    try (KafkaConsumer<byte[], String> consumer =
            new KafkaConsumer<>(ClientSettings.consumer(task));
        KafkaProducer<byte[], String> producer =
            new KafkaProducer<>(ClientSettings.producer(task.bootstrap()))) {
      consumer.subscribe(List.of(task.input()));
      Semaphore room = new Semaphore(MOST_IN_FLIGHT);
      AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
      Queue<Batch> inFlight = new ArrayDeque<>();
      Map<TopicPartition, OffsetAndMetadata> frontier = new HashMap<>();
      long nextCommit = System.nanoTime();
      while (!stop.requested()) {
        ConsumerRecords<byte[], String> records = consumer.poll(Duration.ofMillis(5));
        if (!records.isEmpty()) {
          while (!room.tryAcquire(records.count(), 100, TimeUnit.MILLISECONDS)) {
            rethrow(failure);
          }
          Batch batch = new Batch(records, room, failure);
          inFlight.add(batch);
          for (ConsumerRecord<byte[], String> record : records) {
            String value = task.function().apply(record.value());
            // The batch is the callback and notes a failure.
            var _ = producer.send(new ProducerRecord<>(task.output(), record.key(), value), batch);
          }
        }
        rethrow(failure);
        for (Batch head = inFlight.peek();
            head != null && head.acknowledged();
            head = inFlight.peek()) {
          frontier.putAll(head.next);
          inFlight.remove();
        }
        boolean caughtUp = records.isEmpty() && inFlight.isEmpty();
        if (!frontier.isEmpty() && (caughtUp || System.nanoTime() - nextCommit >= 0)) {
          consumer.commitAsync(
              Map.copyOf(frontier),
              (offsets, problem) -> {
                if (problem != null) {
                  failure.compareAndSet(null, problem);
                }
              });
          frontier.clear();
          nextCommit = System.nanoTime() + ClientSettings.COMMIT_MILLIS * 1_000_000L;
        }
      }
    }
  }

  private static void rethrow(AtomicReference<@Nullable Exception> failure) throws Exception {
    Exception exception = failure.get();
    if (exception != null) {
      throw exception;
    }
  }

  /// The records of one poll: one counter for all of them, not a future for each.
  private static final class Batch implements Callback {
    private final Map<TopicPartition, OffsetAndMetadata> next;
    private final int size;
    private final AtomicInteger open;
    private final Semaphore room;
    private final AtomicReference<@Nullable Exception> failure;

    Batch(
        ConsumerRecords<byte[], String> records,
        Semaphore room,
        AtomicReference<@Nullable Exception> failure) {
      this.next = records.nextOffsets();
      this.size = records.count();
      this.open = new AtomicInteger(size);
      this.room = room;
      this.failure = failure;
    }

    boolean acknowledged() {
      return open.get() == 0;
    }

    @Override
    public void onCompletion(RecordMetadata metadata, @Nullable Exception exception) {
      if (exception != null) {
        failure.compareAndSet(null, exception);
      } else if (open.decrementAndGet() == 0) {
        room.release(size);
      }
    }
  }
}
