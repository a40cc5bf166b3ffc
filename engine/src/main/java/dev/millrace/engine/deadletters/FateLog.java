package dev.millrace.engine.deadletters;

import dev.millrace.engine.kafka.ClusterProblems;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.kafka.Topics;
import dev.millrace.engine.problem.SetupException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Writes down what became of dead letters: the last record of a key in the compacted topic
/// `__millrace.dlq` is the fate of the dead letter with that id. Not safe for use by several
/// threads.
public final class FateLog implements AutoCloseable {
  /// Where the fates of all dead letters of a cluster are.
  public static final String TOPIC = "__millrace.dlq";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Producer<byte[], byte[]> producer;
  private final ClusterProblems problems;
  private final List<Future<?>> open = new ArrayList<>();

  /// Takes over the producer and closes it.
  FateLog(Producer<byte[], byte[]> producer, ClusterProblems problems) {
    this.producer = producer;
    this.problems = problems;
  }

  /// Opens the log of a cluster, and creates it the first time it is needed.
  public static FateLog open(KafkaClients clients, Topics topics) {
    if (!topics.exists(TOPIC)) {
      create(topics);
    }
    return new FateLog(clients.producer(), clients.problems());
  }

  private static void create(Topics topics) {
    try {
      topics.create(TOPIC, Optional.of(1), Optional.empty(), Map.of("cleanup.policy", "compact"));
    } catch (SetupException e) {
      if (!topics.exists(TOPIC)) {
        throw e; // Nobody else has created it meanwhile.
      }
    }
  }

  /// Writes a fate, which is not safe before [#await].
  public void write(LetterId letter, Fate fate) {
    open.add(
        producer.send(
            new ProducerRecord<>(
                TOPIC, letter.toString().getBytes(StandardCharsets.UTF_8), fate.json())));
  }

  /// Waits until everything written is in the cluster.
  public void await() {
    try {
      for (Future<?> one : open) {
        one.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      throw problems.translate(e);
    } finally {
      open.clear();
    }
  }

  /// What was written and not awaited may be lost.
  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
  }
}
