package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ConsumeIT {
  private static ClusterFixture cluster;

  @BeforeAll
  static void start() {
    cluster = new ClusterFixture();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static List<String> values(Millrace run) {
    return run.jsonLines().stream().map(line -> line.get("value").asString()).toList();
  }

  @Test
  void readsUpToTheEndAsItIs() throws Exception {
    cluster.create("orders", 2);
    cluster.send("orders", 0, "k", "{\"a\":1}");
    cluster.send("orders", 1, null, "hello");

    Millrace run = cluster.run("consume", "orders");

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .anyMatch(line -> line.matches("0  0  \\S+  k  \\{\"a\":1}"))
        .anyMatch(line -> line.matches("1  0  \\S+  -  hello"))
        .hasSize(2);
  }

  @Test
  void oneJsonObjectForEachRecord() throws Exception {
    cluster.create("json", 1);
    cluster.send("json", 0, "k", "{\"a\":1}");

    Millrace run = cluster.run("consume", "json", "--output", "json");

    var record = run.json();
    assertThat(record.propertyNames())
        .containsExactly("topic", "partition", "offset", "timestamp", "key", "value", "headers");
    assertThat(record.get("value").get("a").asInt()).isEqualTo(1);
    assertThat(Instant.parse(record.get("timestamp").asString())).isBefore(Instant.now());
  }

  @Test
  void fromWhereItIsTold() throws Exception {
    cluster.create("from", 1);
    for (int day = 1; day <= 4; day++) {
      Instant time = Instant.parse("2026-01-0" + day + "T00:00:00Z");
      cluster.send(
          new ProducerRecord<>(
              "from", 0, time.toEpochMilli(), null, ClusterFixture.bytes("day-" + day)));
    }

    assertThat(values(consume("from", "--from", "2"))).containsExactly("day-3", "day-4");
    assertThat(values(consume("from", "--from", "2026-01-02T12:00:00Z", "--max", "1")))
        .containsExactly("day-3");
    assertThat(values(consume("from", "--from", "latest"))).isEmpty();
    assertThat(values(consume("from", "--max", "2"))).containsExactly("day-1", "day-2");
    assertThat(consume("from", "--from", "9").err())
        .contains("topic from ends before offset 9", "Its end is 4 now");
    assertThat(values(consume("from", "--from", "36500d"))).hasSize(4);
  }

  private static Millrace consume(String topic, String... more) {
    String[] args = new String[more.length + 4];
    args[0] = "consume";
    args[1] = topic;
    args[2] = "--output";
    args[3] = "json";
    System.arraycopy(more, 0, args, 4, more.length);
    return cluster.run(args);
  }

  @Test
  void aSinglePartition() throws Exception {
    cluster.create("parts", 3);
    cluster.send("parts", 0, null, "zero");
    cluster.send("parts", 2, null, "two");

    assertThat(values(consume("parts", "--partition", "2"))).containsExactly("two");
    assertThat(consume("parts", "--partition", "3").err())
        .contains("topic parts has no partition 3", "It has partitions 0 to 2");
  }

  @Test
  void anEmptyTopic() throws Exception {
    cluster.create("empty", 1);

    Millrace run = cluster.run("consume", "empty");

    assertThat(run.code()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("[empty] no records there.");
  }

  @Test
  void whatWasDeletedIsSaid() throws Exception {
    cluster.create("deleted", 1);
    for (int i = 0; i < 3; i++) {
      cluster.send("deleted", 0, null, "v" + i);
    }
    cluster
        .admin
        .deleteRecords(Map.of(new TopicPartition("deleted", 0), RecordsToDelete.beforeOffset(2)))
        .all()
        .get();

    Millrace run = consume("deleted", "--from", "0");

    assertThat(values(run)).containsExactly("v2");
    assertThat(run.err())
        .contains("[deleted-0] offsets 0 to 1 are no longer there. Reading from 2.");
  }

  @Test
  void abortedTransactionsAreNotShownAndDoNotHoldUpTheEnd() throws Exception {
    cluster.create("tx", 1);
    Map<String, Object> settings = new HashMap<>(cluster.kafka.clientSettings());
    settings.put("transactional.id", "consume-it");
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("tx", ClusterFixture.bytes("kept")));
      producer.commitTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("tx", ClusterFixture.bytes("taken back")));
      producer.flush();
      producer.abortTransaction();
    }

    assertThat(values(consume("tx"))).containsExactly("kept");
  }

  @Test
  void followsUntilItIsStopped() throws Exception {
    // Given
    cluster.create("followed", 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Stop stop = new Stop();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            StandardOutput.to(out),
            new PrintStream(OutputStream.nullOutputStream()),
            false,
            false,
            Map.of(),
            stop);
    CompletableFuture<Integer> code =
        CompletableFuture.supplyAsync(
            () -> Main.run(cluster.pointed("consume", "followed", "--follow"), console));
    cluster.send("followed", 0, null, "one");
    await().until(() -> out.toString(StandardCharsets.UTF_8).contains("one"));
    cluster.send("followed", 0, null, "two");
    await().until(() -> out.toString(StandardCharsets.UTF_8).contains("two"));

    // When
    stop.request();

    // Then
    assertThat(code.get()).isZero();
  }

  @Test
  void endsQuietlyWhenNobodyReadsOn() throws Exception {
    cluster.create("head", 1);
    cluster.send("head", 0, null, "one");
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int next) throws IOException {
            throw new IOException("Broken pipe");
          }
        };

    int code =
        Main.run(
            cluster.pointed("consume", "head", "--follow"),
            InputStream.nullInputStream(),
            closed,
            err);

    assertThat(code).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void aTopicThatIsNotThere() {
    Millrace run = cluster.run("consume", "nowhere");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("[nowhere] there is no such topic.");
  }
}
