package dev.millrace.testing.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// A small cluster for tests, and consumers that note what happens to them.
final class Cluster {
  static final TopicPartition P0 = new TopicPartition("orders", 0);
  static final TopicPartition P1 = new TopicPartition("orders", 1);
  static final Duration SECOND = Duration.ofSeconds(1);

  final World world;
  final SimulatedCluster kafka;

  Cluster(Faults faults) {
    this(1, faults);
  }

  Cluster(long seed, Faults faults) {
    world = new World(seed, Story.last(1000));
    kafka = new SimulatedCluster(world, faults);
    kafka.createTopic("orders", 2);
  }

  void write(TopicPartition partition, int records) {
    for (int i = 0; i < records; i++) {
      kafka.write(partition, null, ("v" + i).getBytes(StandardCharsets.UTF_8));
    }
  }

  Reader reader(String name, GroupProtocol protocol) {
    return new Reader(name, ClientSettings.of("group", protocol));
  }

  Reader reader(String name, ClientSettings settings) {
    return new Reader(name, settings);
  }

  /// A consumer that starts at 0 or where the group is.
  final class Reader implements ConsumerRebalanceListener {
    final SimulatedConsumer consumer;
    final List<String> calls = new ArrayList<>();
    final List<Long> offsets = new ArrayList<>();
    Runnable onRevoked = () -> {};

    Reader(String name, ClientSettings settings) {
      consumer = kafka.consumer(name, settings);
      consumer.subscribe(List.of("orders"), this);
    }

    /// Polls for this long, in short polls.
    Reader run(long millis) {
      long until = world.millis() + millis;
      while (world.millis() < until) {
        poll();
      }
      return this;
    }

    void poll() {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(5))) {
        offsets.add(record.offset());
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      note("revoked", partitions);
      onRevoked.run();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      note("assigned", partitions);
      Map<TopicPartition, OffsetAndMetadata> committed =
          consumer.committed(consumer.assignment(), SECOND);
      for (TopicPartition partition : partitions) {
        OffsetAndMetadata offset = committed.get(partition);
        consumer.seek(partition, offset == null ? new OffsetAndMetadata(0) : offset);
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      note("lost", partitions);
    }

    private void note(String what, Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        calls.add(what + partitions.stream().map(TopicPartition::partition).sorted().toList());
      }
    }
  }
}
