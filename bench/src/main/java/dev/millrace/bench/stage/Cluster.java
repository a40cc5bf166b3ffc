package dev.millrace.bench.stage;

import dev.millrace.bench.contender.ClientSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/// The broker under the contenders: its topics and where they end. Thread-safe.
public final class Cluster implements AutoCloseable {
  private static final int PART = 10_000;

  private final String bootstrap;
  private final int partitions;
  private final Admin admin;

  /// @param bootstrap the broker's address
  /// @param partitions of every topic made here
  public Cluster(String bootstrap, int partitions) {
    this.bootstrap = bootstrap;
    this.partitions = partitions;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  /// The broker's address.
  public String bootstrap() {
    return bootstrap;
  }

  /// Creates an empty topic whose files vanish a second after its deletion.
  public void create(String topic) throws InterruptedException {
    NewTopic newTopic =
        new NewTopic(topic, partitions, (short) 1)
            .configs(Map.of("file.delete.delay.ms", "1000", "retention.ms", "-1"));
    answer(admin.createTopics(List.of(newTopic)).all());
  }

  /// Fills a topic with as many records in each partition.
  ///
  /// @param progress is told now and then how many are sent
  public void fill(String topic, long records, Values values, LongConsumer progress)
      throws InterruptedException {
    fill(
        topic,
        records,
        number -> {
          int partition = (int) (number / 1000 % partitions);
          return new ProducerRecord<>(topic, partition, null, values.value(number));
        },
        progress);
  }

  /// Fills a topic with records of these keys, each in the partition that producers choose for it;
  /// the number that a value begins with ascends within the key.
  ///
  /// @param progress is told now and then how many are sent
  public void fill(String topic, long records, Keys keys, Values values, LongConsumer progress)
      throws InterruptedException {
    fill(
        topic,
        records,
        number -> {
          Keys.Next key = keys.next();
          return new ProducerRecord<>(
              topic, key.name().getBytes(StandardCharsets.UTF_8), values.value(key.number()));
        },
        progress);
  }

  private void fill(
      String topic,
      long records,
      LongFunction<ProducerRecord<byte[], String>> record,
      LongConsumer progress)
      throws InterruptedException {
    try (Producer<byte[], String> producer =
        new KafkaProducer<>(ClientSettings.producer(bootstrap))) {
      Future<RecordMetadata> last = null;
      for (long number = 0; number < records; number++) {
        last = producer.send(record.apply(number));
        if (number % PART == 0) {
          progress.accept(number);
        }
      }
      producer.flush();
      if (last != null) {
        last.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the input topic could not be filled", e.getCause());
    }
    long there = total(ends(topic));
    if (there != records) {
      throw new IllegalStateException(topic + " has " + there + " records, not " + records);
    }
  }

  /// Hands over every value that is in the topic now.
  public void read(String topic, Consumer<String> values) throws InterruptedException {
    Map<Integer, Long> ends = ends(topic);
    try (KafkaConsumer<byte[], String> consumer =
        new KafkaConsumer<>(ClientSettings.reader(bootstrap))) {
      List<TopicPartition> all =
          ends.keySet().stream().map(partition -> new TopicPartition(topic, partition)).toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      while (all.stream()
          .anyMatch(partition -> consumer.position(partition) < end(ends, partition))) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.accept(record.value()));
      }
    }
  }

  private static long end(Map<Integer, Long> ends, TopicPartition partition) {
    return ends.getOrDefault(partition.partition(), 0L);
  }

  /// The end offset of each partition.
  public Map<Integer, Long> ends(String topic) throws InterruptedException {
    Map<TopicPartition, OffsetSpec> latest =
        IntStream.range(0, partitions)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
    Map<TopicPartition, ListOffsetsResultInfo> answer = answer(admin.listOffsets(latest).all());
    Map<Integer, Long> ends = new TreeMap<>();
    answer.forEach((partition, info) -> ends.put(partition.partition(), info.offset()));
    return ends;
  }

  /// The committed offset of each partition that has one.
  public Map<Integer, Long> committed(String group, String topic) throws InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> answer =
        answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    Map<Integer, Long> committed = new TreeMap<>();
    answer.forEach((partition, offset) -> {
      if (offset != null && partition.topic().equals(topic)) {
        committed.put(partition.partition(), offset.offset());
      }
    });
    return committed;
  }

  /// The sum over all partitions.
  public static long total(Map<Integer, Long> offsets) {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Deletes topics with their files.
  public void delete(Collection<String> topics) throws InterruptedException {
    answer(admin.deleteTopics(topics).all());
  }

  @Override
  public void close() {
    admin.close();
  }

  private static <T> T answer(KafkaFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the broker refused", e.getCause());
    }
  }
}
