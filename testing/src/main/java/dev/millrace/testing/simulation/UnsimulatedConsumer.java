package dev.millrace.testing.simulation;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;

/// What the simulation leaves out of Kafka's consumer; using it is an error, not a guess.
abstract class UnsimulatedConsumer implements Consumer<byte[], byte[]> {
  private static UnsupportedOperationException not(String what) {
    return new UnsupportedOperationException("not simulated: Consumer." + what);
  }

  @Override
  public void subscribe(Collection<String> topics) {
    throw not("subscribe(topics), subscribe with a listener");
  }

  @Override
  public void assign(Collection<TopicPartition> partitions) {
    throw not("assign");
  }

  @Override
  public void subscribe(Pattern pattern, ConsumerRebalanceListener callback) {
    throw not("subscribe(pattern)");
  }

  @Override
  public void subscribe(Pattern pattern) {
    throw not("subscribe(pattern)");
  }

  @Override
  public void subscribe(SubscriptionPattern pattern, ConsumerRebalanceListener callback) {
    throw not("subscribe(pattern)");
  }

  @Override
  public void subscribe(SubscriptionPattern pattern) {
    throw not("subscribe(pattern)");
  }

  @Override
  public void unsubscribe() {
    throw not("unsubscribe");
  }

  @Override
  public void commitSync() {
    throw not("commitSync without offsets");
  }

  @Override
  public void commitSync(Duration timeout) {
    throw not("commitSync without offsets");
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
    throw not("commitSync without timeout");
  }

  @Override
  public void commitAsync() {
    throw not("commitAsync without offsets");
  }

  @Override
  public void commitAsync(OffsetCommitCallback callback) {
    throw not("commitAsync without offsets");
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
  public void seekToBeginning(Collection<TopicPartition> partitions) {
    throw not("seekToBeginning");
  }

  @Override
  public void seekToEnd(Collection<TopicPartition> partitions) {
    throw not("seekToEnd");
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    throw not("committed without timeout");
  }

  @Override
  public Uuid clientInstanceId(Duration timeout) {
    throw not("clientInstanceId");
  }

  @Override
  public Map<MetricName, ? extends Metric> metrics() {
    return Map.of();
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic) {
    throw not("partitionsFor without timeout");
  }

  @Override
  public Map<String, List<PartitionInfo>> listTopics() {
    throw not("listTopics");
  }

  @Override
  public Map<String, List<PartitionInfo>> listTopics(Duration timeout) {
    throw not("listTopics");
  }

  @Override
  public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
      Map<TopicPartition, Long> timestamps) {
    throw not("offsetsForTimes without timeout");
  }

  @Override
  public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
    throw not("beginningOffsets without timeout");
  }

  @Override
  public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
    throw not("endOffsets without timeout");
  }

  @Override
  public OptionalLong currentLag(TopicPartition partition) {
    throw not("currentLag");
  }

  @Override
  public void enforceRebalance() {
    throw not("enforceRebalance");
  }

  @Override
  public void enforceRebalance(String reason) {
    throw not("enforceRebalance");
  }

  @Override
  public void wakeup() {
    throw not("wakeup");
  }
}
