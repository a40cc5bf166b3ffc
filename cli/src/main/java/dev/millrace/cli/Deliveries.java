package dev.millrace.cli;

import dev.millrace.cli.input.Entry;
import dev.millrace.engine.problem.Problem;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/// Sends entries to a topic and counts those that the cluster has acknowledged. One thread sends;
/// acknowledgements come on the producer's own.
final class Deliveries implements AutoCloseable {
  /// A producer would wait for a lost cluster for ever; a person would not.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final String source;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition acknowledgement = lock.newCondition();
  private long sent;
  private long acknowledged;
  private long lastProgress = System.nanoTime();
  private @Nullable Exception failure;
  private long failedLine;

  /// @param source the name of where the entries come from, for messages
  Deliveries(Cluster cluster, String topic, String source) {
    this.cluster = cluster;
    this.producer = cluster.clients().producer();
    this.topic = topic;
    this.source = source;
  }

  /// Sends an entry; throws when an earlier one could not be delivered.
  void send(Entry entry) {
    lock.lock();
    try {
      check();
      if (sent == acknowledged) {
        lastProgress = System.nanoTime();
      }
      sent++;
    } finally {
      lock.unlock();
    }
    producer.send(
        new ProducerRecord<>(topic, entry.key(), entry.value()),
        (metadata, e) -> completed(entry.line(), e));
  }

  private void completed(long line, @Nullable Exception e) {
    lock.lock();
    try {
      lastProgress = System.nanoTime();
      if (e == null) {
        acknowledged++;
      } else if (failure == null) {
        failure = e;
        failedLine = line;
      }
      if (failure != null || sent == acknowledged) {
        acknowledgement.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits until all that was sent is acknowledged.
  void await() {
    lock.lock();
    try {
      while (sent > acknowledged) {
        check();
        acknowledgement.await(100, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cluster.translate(e);
    } finally {
      lock.unlock();
    }
  }

  /// How many were acknowledged.
  long acknowledged() {
    lock.lock();
    try {
      return acknowledged;
    } finally {
      lock.unlock();
    }
  }

  /// How many were sent.
  long sent() {
    lock.lock();
    try {
      return sent;
    } finally {
      lock.unlock();
    }
  }

  private void check() {
    if (failure instanceof RecordTooLargeException) {
      throw new FailedException(
          new Problem(
              source + ":" + failedLine,
              "the record is too large: " + failure.getMessage(),
              "Make it smaller, or allow more (max.message.bytes of the topic, and -K"
                  + " max.request.size here)"),
          failure);
    }
    if (failure != null) {
      throw cluster.translate(failure);
    }
    if (sent > acknowledged && System.nanoTime() - lastProgress > PATIENCE.toNanos()) {
      throw cluster.translate(new TimeoutException("no acknowledgement"));
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
