package dev.millrace.testing.simulation;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;

/// What the simulation leaves out of Kafka's producer; using it is an error, not a guess.
abstract class UnsimulatedProducer implements Producer<byte[], byte[]> {
  private static UnsupportedOperationException not(String what) {
    return new UnsupportedOperationException("not simulated: Producer." + what);
  }

  @Override
  public void initTransactions() {
    throw not("initTransactions");
  }

  @Override
  public void beginTransaction() {
    throw not("beginTransaction");
  }

  @Override
  public void sendOffsetsToTransaction(
      Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata metadata) {
    throw not("sendOffsetsToTransaction");
  }

  @Override
  public void commitTransaction() {
    throw not("commitTransaction");
  }

  @Override
  public void abortTransaction() {
    throw not("abortTransaction");
  }

  @Override
  public void registerMetricForSubscription(KafkaMetric metric) {
    throw not("registerMetricForSubscription");
  }

  @Override
  public void unregisterMetricFromSubscription(KafkaMetric metric) {
    throw not("unregisterMetricFromSubscription");
  }

  @Override
  public Map<MetricName, ? extends Metric> metrics() {
    return Map.of();
  }

  @Override
  public Uuid clientInstanceId(Duration timeout) {
    throw not("clientInstanceId");
  }
}
