package dev.millrace.engine;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.Emit;
import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Output;
import dev.millrace.broker.EmbeddedKafka;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.settings.EngineSettings;
import dev.millrace.engine.settings.FunctionSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FunctionRunIT {
  private static EmbeddedKafka kafka;
  private static KafkaClients clients;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
    clients = new KafkaClients(Map.of("bootstrap.servers", kafka.bootstrap()));
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  public static class Upper {
    @KafkaFunction(name = "upper", topics = "words", outputs = @Output(topic = "shouts"))
    public List<String> upper(List<String> words) {
      return words.stream().map(word -> word.toUpperCase(java.util.Locale.ROOT)).toList();
    }
  }

  @Test
  void everyRecordComesOutInOrder() throws Exception {
    // Given
    create("words", 3);
    create("shouts", 1);
    produce("words", 10_000);
    // When
    run(Upper.class, run -> {});
    // Then
    List<ConsumerRecord<byte[], byte[]>> out = consume("shouts");
    assertThat(out).hasSize(10_000);
    Map<Integer, List<Integer>> numbers =
        out.stream()
            .map(one -> new String(one.value(), StandardCharsets.UTF_8).substring(1))
            .map(Integer::parseInt)
            .collect(groupingBy(number -> number % 3, mapping(number -> number, toList())));
    numbers.values().forEach(list -> assertThat(list).isSorted());
  }

  public static class Failing {
    static final AtomicBoolean BROKEN = new AtomicBoolean(true);

    @KafkaFunction(name = "failing", topics = "numbers", outputs = @Output(topic = "kept"))
    public Emit<String> keep(Message<String> message) {
      if (BROKEN.get() && message.value().equals("w1000")) {
        throw new IllegalStateException("no thousand");
      }
      return Emit.of(message.value());
    }
  }

  @Test
  void aPartitionStopsAtTheRecordThatFailsAndGoesOnWhenResumed() throws Exception {
    // Given
    create("numbers", 3);
    create("kept", 1);
    produce("numbers", 3_000);
    // When
    run(
        Failing.class,
        run -> {
          await()
              .atMost(Duration.ofSeconds(30))
              .until(() -> run.status().word() == FunctionStatus.Word.STOPPED);
          FunctionStatus status = run.status();
          assertThat(status.stopped()).hasSize(1);
          assertThat(status.stopped().getFirst().partition())
              .isEqualTo(new TopicPartition("numbers", 1000 % 3));
          assertThat(status.stopped().getFirst().offset()).isEqualTo(1000 / 3);
          assertThat(status.reason()).contains("no thousand");
          await().atMost(Duration.ofSeconds(10)).until(() -> consume("kept").size() == 2_333);
          Failing.BROKEN.set(false);
          run.resume();
          await().atMost(Duration.ofSeconds(10)).until(() -> run.status().stopped().isEmpty());
        });
    // Then
    assertThat(consume("kept")).hasSize(3_000);
  }

  private interface Meanwhile {
    void with(FunctionRun run) throws Exception;
  }

  private static void run(Class<?> type, Meanwhile meanwhile) throws Exception {
    List<FunctionDefinition> definitions = FunctionScanner.scan(List.of(type), any -> Path.of("."));
    FunctionSettings defaults = FunctionSettings.defaults();
    FunctionSettings settings =
        new FunctionSettings(
            defaults.start(),
            defaults.batchSize(),
            defaults.batchBytes(),
            defaults.batchWait(),
            defaults.consumers(),
            defaults.concurrency(),
            defaults.calls(),
            new dev.millrace.engine.settings.RetrySettings(
                2, Duration.ofMillis(10), Duration.ofMillis(20)),
            defaults.failure(),
            defaults.deadline(),
            "",
            "",
            "");
    try (FunctionInstances instances = FunctionInstances.create(definitions);
        Engine engine =
            new Engine(EngineSettings.defaults(), clients, clients.reach(Duration.ofSeconds(10)))) {
      FunctionRun run =
          engine.start(new FunctionInvoker(definitions.getFirst(), instances), settings);
      meanwhile.with(run);
      BoundedRun bounded = new BoundedRun(engine, List.of(run), Optional.empty(), progress -> {});
      await().atMost(Duration.ofSeconds(60)).until(bounded::advance);
      assertThat(bounded.unfinished()).isEmpty();
    }
  }

  private static void create(String topic, int partitions) throws Exception {
    try (Admin admin = clients.admin()) {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
    }
  }

  private static void produce(String topic, int count) {
    try (Producer<byte[], byte[]> producer = clients.producer()) {
      int partitions = producer.partitionsFor(topic).size();
      IntStream.range(0, count)
          .forEach(i ->
              producer.send(
                  new ProducerRecord<>(
                      topic, i % partitions, null, ("w" + i).getBytes(StandardCharsets.UTF_8))));
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> consume(String topic) {
    try (Consumer<byte[], byte[]> consumer = clients.reader()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }
}
