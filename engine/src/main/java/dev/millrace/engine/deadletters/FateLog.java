package dev.millrace.engine.deadletters;

import dev.millrace.engine.kafka.ClusterProblems;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.kafka.RecordId;
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
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

/// Writes down what became of dead letters: the last record of a key in the compacted topic
/// `__millrace.dlq` is the fate of the dead letter with that id. Not safe for use by several
/// threads.
public final class FateLog implements AutoCloseable {
  /// Where the fates of all dead letters of a cluster are.
  public static final String TOPIC = "__millrace.dlq";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Fates are sent when all of them are known: that takes no longer.
  private static final Duration TRANSACTION = Duration.ofSeconds(10);

  private final Producer<byte[], byte[]> producer;
  private final ClusterProblems problems;

  /// Whose redrive it is of; empty where nobody else is kept out.
  private final Optional<String> function;

  private final List<ProducerRecord<byte[], byte[]>> written = new ArrayList<>();

  /// Takes over the producer and closes it.
  ///
  /// @param function whose redrive it is of; then the producer is one for transactions
  FateLog(Producer<byte[], byte[]> producer, ClusterProblems problems, Optional<String> function) {
    this.producer = producer;
    this.problems = problems;
    this.function = function;
  }

  /// Opens the log of a cluster, and creates it the first time it is needed.
  public static FateLog open(KafkaClients clients, Topics topics) {
    createOnce(topics);
    return new FateLog(clients.producer(), clients.problems(), Optional.empty());
  }

  /// Opens the log for a redrive of this function, the only one from now on: another one that is
  /// running cannot note anything any more and ends with a [TakenOverException]. What it noted can
  /// be read when this returns.
  public static FateLog openForRedrive(KafkaClients clients, Topics topics, String function) {
    createOnce(topics);
    Producer<byte[], byte[]> producer = clients.producer(transactionalId(function), TRANSACTION);
    try {
      begin(producer);
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw clients.problems().translate(e);
    }
    return new FateLog(producer, clients.problems(), Optional.of(function));
  }

  /// The id that the redrives of a function have in common.
  public static String transactionalId(String function) {
    return "millrace-redrive-" + function;
  }

  /// The first transaction of a cluster takes a while: brokers create a topic for it.
  private static void begin(Producer<byte[], byte[]> producer) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        producer.initTransactions();
        return;
      } catch (org.apache.kafka.common.errors.TimeoutException e) {
        if (System.nanoTime() - end >= 0) {
          throw e;
        }
      }
    }
  }

  private static void createOnce(Topics topics) {
    if (!topics.exists(TOPIC)) {
      create(topics);
    }
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

  /// Takes a fate, which is not written before [#await].
  public void write(RecordId letter, Fate fate) {
    written.add(
        new ProducerRecord<>(
            TOPIC, letter.toString().getBytes(StandardCharsets.UTF_8), fate.json()));
  }

  /// Writes what was taken, for a redrive all or nothing, and waits until it is in the cluster.
  ///
  /// @throws TakenOverException when another redrive of the function has begun; nothing was written
  public void await() {
    try {
      send();
    } catch (ExecutionException | TimeoutException | InterruptedException | KafkaException e) {
      if (function.isPresent() && isFenced(e)) {
        throw new TakenOverException(function.get(), e);
      }
      throw problems.translate(e);
    } finally {
      written.clear();
    }
  }

  private void send() throws ExecutionException, TimeoutException, InterruptedException {
    if (written.isEmpty()) {
      return;
    }
    if (function.isPresent()) {
      producer.beginTransaction();
    }
    List<Future<?>> sent = new ArrayList<>(written.size());
    for (ProducerRecord<byte[], byte[]> each : written) {
      sent.add(producer.send(each));
    }
    for (Future<?> each : sent) {
      each.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
    if (function.isPresent()) {
      producer.commitTransaction();
    }
  }

  private static boolean isFenced(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof ProducerFencedException
          || each instanceof InvalidProducerEpochException) {
        return true;
      }
    }
    return false;
  }

  /// What was taken and not awaited is lost.
  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
  }
}
