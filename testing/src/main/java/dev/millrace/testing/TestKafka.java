package dev.millrace.testing;

import dev.millrace.broker.EmbeddedKafka;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.OutputTopic;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.kafka.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// A real broker as one test sees it: topics that nobody wrote to before, and functions on them.
///
/// A topic is created by its first use, with one partition. Everything ends with the test. Tests
/// that run at the same time share the broker: they must use different topics, as [#topic] makes
/// them. Not safe for use by several threads.
public final class TestKafka implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EmbeddedKafka broker;
  private final KafkaClients clients;
  private final Admin admin;
  private final Topics topics;
  private final Producer<byte[], byte[]> producer;
  private final Set<String> created = new TreeSet<>();
  private final List<TestRun> runs = new ArrayList<>();

  TestKafka(EmbeddedKafka broker) {
    this.broker = broker;
    this.clients = new KafkaClients(broker.clientSettings());
    this.admin = clients.admin();
    this.topics = clients.topics();
    this.producer = clients.producer();
  }

  /// Where clients connect: `localhost:port`.
  public String bootstrap() {
    return broker.bootstrap();
  }

  /// Creates a topic of a name that no other test has: `orders-1f3a9c`.
  public String topic(String prefix) {
    byte[] random = new byte[3];
    ThreadLocalRandom.current().nextBytes(random);
    String name = prefix + "-" + HexFormat.of().formatHex(random);
    create(name, 1);
    return name;
  }

  /// Creates a topic.
  public void create(String topic, int partitions) {
    topics.create(topic, Optional.of(partitions), Optional.empty(), Map.of());
    created.add(topic);
  }

  private void need(String topic) {
    if (!created.contains(topic) && !topics.exists(topic)) {
      create(topic, 1);
    }
  }

  /// Writes to a topic, and returns when the broker has it all.
  ///
  /// @param values text, which is sent as it is; bytes; an [Input]; or any object, which is sent as
  ///   JSON
  public void produce(String topic, Object... values) {
    need(topic);
    List<Future<?>> sent = new ArrayList<>();
    for (Object value : values) {
      sent.add(producer.send(Input.from(value).produced(topic)));
    }
    producer.flush();
    sent.forEach(TestKafka::await);
  }

  /// Everything that is in a topic now, partition by partition; committed records only.
  public List<OutputRecord> consume(String topic) {
    need(topic);
    try (Consumer<byte[], byte[]> consumer = clients.reader()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
      List<OutputRecord> records = new ArrayList<>();
      for (TopicPartition partition : partitions) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        while (consumer.position(partition) < ends.getOrDefault(partition, 0L)) {
          consumer
              .poll(Duration.ofMillis(100))
              .forEach(record ->
                  records.add(
                      new OutputRecord(
                          record.topic(), record.key(), record.value(), record.headers())));
        }
      }
      return records;
    }
  }

  /// Everything that is in a topic as soon as it holds so many records.
  ///
  /// @throws AssertionError when they have not come after 30 seconds
  public List<OutputRecord> consume(String topic, int atLeast) {
    long start = System.nanoTime();
    List<OutputRecord> records = consume(topic);
    while (records.size() < atLeast) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new AssertionError(
            "Expected %d records in '%s' within %d s, but there are %d:%n%s"
                .formatted(atLeast, topic, PATIENCE.toSeconds(), records.size(), records));
      }
      records = consume(topic);
    }
    return records;
  }

  /// Runs all functions of this class, in consumer groups of their own that begin with the oldest
  /// message, until the run is closed or the test ends. A failing call is not made again.
  public TestRun run(Class<?> type) {
    List<FunctionDefinition> definitions = FunctionTester.definitions(type);
    return run(definitions, FunctionInstances.create(definitions));
  }

  /// The same on this object: with what the test gave it. The object is closed with the run where
  /// it is [AutoCloseable].
  public TestRun runOn(Object object) {
    return run(FunctionTester.definitions(object.getClass()), FunctionInstances.holding(object));
  }

  private TestRun run(List<FunctionDefinition> definitions, FunctionInstances instances) {
    for (FunctionDefinition definition : definitions) {
      definition.topics().forEach(this::need);
      definition.outputs().stream().map(OutputTopic::topic).forEach(this::need);
    }
    TestRun run = TestRun.start(definitions, instances, clients);
    runs.add(run);
    return run;
  }

  /// Ends the functions and deletes the topics.
  @Override
  public void close() {
    try {
      runs.forEach(TestRun::close);
      deleteTopics();
    } finally {
      producer.close(Duration.ZERO);
      topics.close();
      admin.close(Duration.ZERO);
    }
  }

  private void deleteTopics() {
    for (KafkaFuture<Void> deleted : admin.deleteTopics(created).topicNameValues().values()) {
      // One that is not there has been deleted by the test itself.
      await(
          deleted
              .toCompletionStage()
              .exceptionally(TestKafka::unlessUnknown)
              .toCompletableFuture());
    }
    long start = System.nanoTime();
    while (topics.names(false).stream().anyMatch(created::contains)) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IllegalStateException("the topics " + created + " could not be deleted");
      }
    }
  }

  private static @Nullable Void unlessUnknown(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof UnknownTopicOrPartitionException) {
      return null;
    }
    throw new CompletionException(cause);
  }

  private static void await(Future<?> answer) {
    try {
      answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the broker did not do it: " + e.getMessage(), e);
    }
  }
}
