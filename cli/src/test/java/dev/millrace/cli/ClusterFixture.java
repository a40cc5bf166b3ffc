package dev.millrace.cli;

import static org.awaitility.Awaitility.await;

import dev.millrace.broker.BrokerSettings;
import dev.millrace.broker.EmbeddedKafka;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// A real broker, the commands pointed at it, and plain Kafka clients beside them.
final class ClusterFixture implements AutoCloseable {
  final EmbeddedKafka kafka;
  private final KafkaClients clients;
  final Admin admin;

  ClusterFixture() {
    this(BrokerSettings.defaults());
  }

  ClusterFixture(BrokerSettings settings) {
    kafka = EmbeddedKafka.start(settings);
    clients = new KafkaClients(kafka.clientSettings());
    admin = clients.admin();
  }

  Millrace run(String... args) {
    return Millrace.run(pointed(args));
  }

  Millrace runWithInput(String input, String... args) {
    return Millrace.runWithInput(input, pointed(args));
  }

  String[] pointed(String... args) {
    return Stream.concat(Arrays.stream(args), Stream.of("--bootstrap", kafka.bootstrap()))
        .toArray(String[]::new);
  }

  void create(String topic, int partitions) throws ExecutionException, InterruptedException {
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
    try (Topics topics = clients.topics()) {
      await().until(() -> topics.exists(topic));
    }
  }

  void send(String topic, int partition, @Nullable String key, String value) {
    send(new ProducerRecord<>(topic, partition, key == null ? null : bytes(key), bytes(value)));
  }

  void send(ProducerRecord<byte[], byte[]> next) {
    try (Producer<byte[], byte[]> producer = producer()) {
      producer.send(next);
      producer.flush();
    }
  }

  Producer<byte[], byte[]> producer() {
    return clients.producer();
  }

  /// All values of a topic, in order, as a plain client reads them.
  List<String> values(String topic) {
    return records(topic).stream().map(each -> text(each.value())).toList();
  }

  List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    try (Consumer<byte[], byte[]> consumer = consumer("plain-" + topic)) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new org.apache.kafka.common.TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  /// A plain consumer of this group.
  Consumer<byte[], byte[]> consumer(String group) {
    Map<String, Object> settings = new java.util.HashMap<>(kafka.clientSettings());
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte @Nullable [] bytes) {
    return bytes == null ? "-" : new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    admin.close();
    kafka.close();
  }
}
