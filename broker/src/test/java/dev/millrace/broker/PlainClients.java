package dev.millrace.broker;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;

/// Kafka's own clients, as anybody would use them.
final class PlainClients implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Map<String, Object> settings;
  private final Admin admin;

  PlainClients(Map<String, String> connection) {
    settings = new HashMap<>(connection);
    settings.put("default.api.timeout.ms", "30000");
    settings.put("request.timeout.ms", "10000");
    admin = Admin.create(settings);
  }

  /// Deletes a data folder in use, whose broker may put something back in the meantime.
  static void deleteUnderABroker(Path folder) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> {
          Utils.delete(folder.toFile());
          return true;
        });
  }

  Admin admin() {
    return admin;
  }

  static NewTopic topic(String name, int partitions) {
    return new NewTopic(name, partitions, (short) 1);
  }

  void createTopic(String name, int partitions) {
    try {
      admin.createTopics(List.of(topic(name, partitions))).all().get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  KafkaProducer<String, String> producer(Map<String, String> more) {
    return new KafkaProducer<>(with(more), new StringSerializer(), new StringSerializer());
  }

  KafkaConsumer<String, String> consumer(Map<String, String> more) {
    Map<String, Object> all = with(Map.of("auto.offset.reset", "earliest"));
    all.putAll(more);
    return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
  }

  private Map<String, Object> with(Map<String, String> more) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putAll(more);
    return all;
  }

  void produce(String topic, String... values) {
    try (var producer = producer(Map.of())) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(topic, value)).get();
      }
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Every value up to the present end of the topic.
  List<String> readAll(String topic) {
    List<String> values = new ArrayList<>();
    try (var consumer = consumer(Map.of("isolation.level", "read_committed"))) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(found -> new TopicPartition(topic, found.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
        if (System.nanoTime() > deadline) {
          throw new AssertionError("read only " + values.size() + " values of " + topic);
        }
      }
    }
    return values;
  }

  /// The sum of a group's committed offsets.
  long committed(String group) {
    try {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .mapToLong(OffsetAndMetadata::offset)
          .sum();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
