package dev.millrace.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.broker.EmbeddedKafka;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.settings.EngineSettings;
import dev.millrace.plugin.Delivery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// A broker in this process with topics of numbers: the record `i` has the value `i` and goes to
/// the partition `i % partitions`.
final class TestCluster implements AutoCloseable {
  /// Longer than anything should take, on a machine with other things to do.
  static final Duration PATIENCE = Duration.ofSeconds(60);

  final EmbeddedKafka kafka = EmbeddedKafka.start();
  final Admin admin = clients(Map.of()).admin();
  private final Producer<byte[], byte[]> producer = clients(Map.of()).producer();

  /// Clients with these settings of Kafka's.
  KafkaClients clients(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("bootstrap.servers", kafka.bootstrap());
    return new KafkaClients(all);
  }

  /// A member of a group that is not ours, by the client id `other`.
  Consumer<byte[], byte[]> member(String group, Map<String, String> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("bootstrap.servers", kafka.bootstrap());
    all.put("group.id", group);
    all.put("client.id", "other");
    all.put("enable.auto.commit", "false");
    all.put("auto.offset.reset", "earliest");
    if (!"consumer".equals(settings.get("group.protocol"))) {
      all.put(
          "partition.assignment.strategy",
          "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
    }
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /// An engine that repeats little: at most 2,000 records for each consumer.
  Engine engine(Map<String, String> settings) {
    return engine(settings, Duration.ofSeconds(20));
  }

  /// The same, with this long to drain when it stops.
  Engine engine(Map<String, String> settings, Duration drain) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("bootstrap.servers", kafka.bootstrap());
    return start(all, drain);
  }

  /// The same, on whatever cluster.
  ///
  /// @param drain how long it drains when it stops
  static Engine start(Map<String, String> settings, Duration drain) {
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent("max.poll.records", "100");
    KafkaClients clients = new KafkaClients(all);
    return new Engine(settings(drain), clients, clients.reach(PATIENCE));
  }

  /// An engine whose outputs leave in this way.
  Engine engine(Delivery delivery) {
    KafkaClients clients = clients(Map.of("max.poll.records", "100"));
    return new Engine(settings(Duration.ofSeconds(20)), clients, clients.reach(PATIENCE), delivery);
  }

  private static EngineSettings settings(Duration drain) {
    return new EngineSettings(
        1_000, 64L << 20, Duration.ofSeconds(1), 1_000, drain, Duration.ofSeconds(5));
  }

  void create(String topic, int partitions) throws Exception {
    create(topic, partitions, Map.of());
  }

  /// The input of a [TestFunction] of this name, and its output of one partition.
  void createWithOutput(String name, int partitions) throws Exception {
    create(name, partitions);
    create(name + "-out", 1);
  }

  /// Creates a topic, as soon as one of that name that is being deleted is gone.
  void create(String topic, int partitions, Map<String, String> config) throws Exception {
    NewTopic wanted = new NewTopic(topic, partitions, (short) 1).configs(config);
    await()
        .atMost(PATIENCE)
        .until(() -> {
          try {
            admin.createTopics(List.of(wanted)).all().get();
            return true;
          } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
              return false;
            }
            throw e;
          }
        });
    await().atMost(PATIENCE).until(() -> hasLeaders(topic, partitions));
  }

  private boolean hasLeaders(String topic, int partitions) throws InterruptedException {
    try {
      return requireNonNull(admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic))
              .partitions()
              .stream()
              .filter(partition -> partition.leader() != null)
              .toList()
              .size()
          == partitions;
    } catch (ExecutionException e) {
      return false;
    }
  }

  void delete(String topic) throws Exception {
    admin.deleteTopics(List.of(topic)).all().get();
    await().atMost(PATIENCE).until(() -> !admin.listTopics().names().get().contains(topic));
  }

  void addPartitions(String topic, int total) throws Exception {
    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total))).all().get();
    await().atMost(PATIENCE).until(() -> hasLeaders(topic, total));
  }

  void deleteRecords(String topic, int partition, long before) throws Exception {
    admin
        .deleteRecords(
            Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before)))
        .all()
        .get();
  }

  /// Sets something of a topic or a group.
  void configure(ConfigResource.Type type, String name, String key, String value) throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(type, name),
                List.of(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  /// Writes the numbers `from` to `to`, without the latter.
  void produce(String topic, int partitions, int from, int to) throws Exception {
    List<Future<?>> sent = new ArrayList<>();
    IntStream.range(from, to)
        .forEach(i ->
            sent.add(
                producer.send(new ProducerRecord<>(topic, i % partitions, null, bytes("" + i)))));
    producer.flush();
    for (Future<?> one : sent) {
      one.get(30, TimeUnit.SECONDS);
    }
  }

  /// Writes the numbers from 0 on, as many, to the first partition. The key of `i` is `i % keys`.
  void produceKeys(String topic, int keys, int count) throws Exception {
    List<Future<?>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(producer.send(new ProducerRecord<>(topic, 0, bytes("" + i % keys), bytes("" + i))));
    }
    producer.flush();
    for (Future<?> one : sent) {
      one.get(30, TimeUnit.SECONDS);
    }
  }

  /// Writes one record of that time to the first partition.
  void produceAt(String topic, Instant time, String value) throws Exception {
    producer
        .send(new ProducerRecord<>(topic, 0, time.toEpochMilli(), null, bytes(value)))
        .get(30, TimeUnit.SECONDS);
  }

  /// Writes one record with a key.
  void produceKey(String topic, String key, String value) throws Exception {
    producer
        .send(new ProducerRecord<>(topic, 0, bytes(key), bytes(value)))
        .get(30, TimeUnit.SECONDS);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// All values of a topic, committed ones only, partition by partition.
  List<String> values(String topic) {
    return records(topic).stream()
        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
        .toList();
  }

  /// All records of a topic, committed ones only, partition by partition.
  List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    try (Consumer<byte[], byte[]> consumer = clients(Map.of()).reader()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (TopicPartition partition : partitions) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        while (consumer.position(partition) < requireNonNull(ends.get(partition))) {
          consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        }
      }
      return records;
    }
  }

  /// Somebody who writes numbers, some 5,000 a second, until told to stop.
  final class Flow {
    private final String topic;
    private final int partitions;
    private final CountDownLatch enough = new CountDownLatch(1);
    private final FutureTask<Integer> work = new FutureTask<>(this::write);

    Flow(String topic, int partitions) {
      this.topic = topic;
      this.partitions = partitions;
      Thread.ofPlatform().daemon().name("flow").start(work);
    }

    private int write() throws Exception {
      int written = 0;
      while (!enough.await(20, TimeUnit.MILLISECONDS)) {
        produce(topic, partitions, written, written + 100);
        written += 100;
      }
      return written;
    }

    /// How many there are, from 0 on.
    int stop() throws Exception {
      enough.countDown();
      return work.get();
    }
  }

  /// Where the first partition of a topic ends.
  long end(String topic) throws Exception {
    TopicPartition partition = new TopicPartition(topic, 0);
    return admin
        .listOffsets(Map.of(partition, OffsetSpec.latest()))
        .partitionResult(partition)
        .get()
        .offset();
  }

  /// Waits until so many different numbers have come out.
  void awaitDistinct(String topic, int count) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(() -> assertThat(new HashSet<>(values(topic)).size()).isEqualTo(count));
  }

  long committed(String group, String topic, int partition) throws Exception {
    OffsetAndMetadata at = commit(group, topic, partition);
    return at == null ? -1 : at.offset();
  }

  /// What a group has committed; null for nothing.
  @Nullable OffsetAndMetadata commit(String group, String topic, int partition) throws Exception {
    return admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .get(new TopicPartition(topic, partition));
  }

  /// Sets what a group without members has committed of the first partition, as another tool may.
  void reset(String group, String topic, OffsetAndMetadata offset) throws Exception {
    admin
        .alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), offset))
        .all()
        .get();
  }

  /// Checks that each of `count` numbers came out of a topic of one partition, and that those of
  /// each input partition did so in order when they did for the first time. Returns how many came
  /// out again.
  int duplicates(String topic, int partitions, int count) {
    List<String> values = values(topic);
    Set<String> seen = new HashSet<>();
    Map<Integer, Integer> last = new HashMap<>();
    int duplicates = 0;
    for (String value : values) {
      if (!seen.add(value)) {
        duplicates++;
        continue;
      }
      int number = Integer.parseInt(value);
      Integer before = last.put(number % partitions, number);
      assertThat(before == null || before < number)
          .describedAs("%s for the first time after %s", number, before)
          .isTrue();
    }
    assertThat(seen.size()).isEqualTo(count);
    return duplicates;
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    admin.close(Duration.ZERO);
    kafka.close();
  }
}
