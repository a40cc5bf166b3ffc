package dev.millrace.testing.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// Kafka's idempotent producer against a [SimulatedCluster]: records of one partition are written
/// once and in order, however often a request is repeated.
///
/// Callbacks come from the world's events, as if from another thread; only what fails at once calls
/// back inside [#send]. A record that was given up may have been written all the same.
public final class SimulatedProducer extends UnsimulatedProducer {
  private static final class Pending {
    final PartitionLog.Entry entry;
    final long expires;
    final @Nullable Callback callback;
    final CompletableFuture<RecordMetadata> future = new CompletableFuture<>();
    long offset = -1;

    Pending(PartitionLog.Entry entry, long expires, @Nullable Callback callback) {
      this.entry = entry;
      this.expires = expires;
      this.callback = callback;
    }

    int size() {
      return length(entry.key()) + length(entry.value());
    }
  }

  /// The records of one partition: those waiting, and the one batch under way.
  private static final class Lane {
    final TopicPartition partition;
    final Deque<Pending> waiting = new ArrayDeque<>();
    List<Pending> batch = List.of();
    boolean busy;

    Lane(TopicPartition partition) {
      this.partition = partition;
    }
  }

  private static final Node NODE = new Node(1, "simulated", 9092);

  private final String client;
  private final ClientSettings settings;
  private final SimulatedCluster cluster;
  private final World world;
  private final Map<TopicPartition, Lane> lanes = new TreeMap<>(Group.ORDER);
  private long unacknowledged;
  private long unacknowledgedBytes;
  private boolean closed;
  private boolean crashed;
  private boolean silent;

  SimulatedProducer(String client, ClientSettings settings, SimulatedCluster cluster) {
    this.client = client;
    this.settings = settings;
    this.cluster = cluster;
    this.world = cluster.world();
  }

  /// Kills the process this producer is in: it never says another word. Of the batches on the wire
  /// some arrive.
  public void crash() {
    crashed = true;
    silent = true;
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    return send(record, null);
  }

  @Override
  public Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
    open();
    if (!pass(() -> cluster.hasTopic(record.topic()), settings.maxBlock())) {
      return refuse(
          record,
          callback,
          new TimeoutException(
              "Topic "
                  + record.topic()
                  + " not present in metadata after "
                  + settings.maxBlock()
                  + " ms."));
    }
    if (world.chance(cluster.faults().refusedSend())) {
      return refuse(record, callback, new TimeoutException("No metadata or no memory in time"));
    }
    TopicPartition partition = partition(record);
    int size = length(record.key()) + length(record.value());
    if (size > settings.maxRequestSize()) {
      return refuse(
          record,
          callback,
          new RecordTooLargeException(
              "The message is " + size + " bytes when serialized, larger than max.request.size"));
    }
    if (!pass(() -> unacknowledgedBytes + size <= settings.bufferMemory(), settings.maxBlock())) {
      return refuse(
          record,
          callback,
          new BufferExhaustedException(
              "Failed to allocate " + size + " bytes within " + settings.maxBlock() + " ms"));
    }
    Long timestamp = record.timestamp();
    Pending pending =
        new Pending(
            new PartitionLog.Entry(
                0,
                record.key(),
                record.value(),
                List.of(record.headers().toArray()),
                timestamp == null ? world.millis() : timestamp),
            world.millis() + settings.deliveryTimeout(),
            callback);
    unacknowledged++;
    unacknowledgedBytes += size;
    Lane lane = lanes.computeIfAbsent(partition, Lane::new);
    lane.waiting.add(pending);
    if (!lane.busy) {
      lane.busy = true;
      world.in(world.between(0, 3), () -> transmitNext(lane));
    }
    return pending.future;
  }

  private TopicPartition partition(ProducerRecord<byte[], byte[]> record) {
    int partitions = cluster.partitions(record.topic()).size();
    Integer chosen = record.partition();
    byte[] key = record.key();
    if (chosen != null) {
      if (chosen >= partitions) {
        throw new KafkaException("Invalid partition given with record: " + chosen);
      }
      return new TopicPartition(record.topic(), chosen);
    }
    return new TopicPartition(
        record.topic(),
        key == null
            ? (int) world.between(0, partitions - 1)
            : Utils.toPositive(Utils.murmur2(key)) % partitions);
  }

  private static Future<RecordMetadata> refuse(
      ProducerRecord<byte[], byte[]> record, @Nullable Callback callback, ApiException why) {
    if (callback != null) {
      callback.onCompletion(nothing(new TopicPartition(record.topic(), -1)), why);
    }
    return CompletableFuture.failedFuture(why);
  }

  private static RecordMetadata nothing(TopicPartition partition) {
    return new RecordMetadata(partition, -1, -1, ConsumerRecord.NO_TIMESTAMP, -1, -1);
  }

  // The sender's side: one batch per partition at a time

  private void transmitNext(Lane lane) {
    if (silent) {
      return;
    }
    lane.batch = new ArrayList<>();
    for (long room = world.between(1, 200); room > 0 && !lane.waiting.isEmpty(); room--) {
      lane.batch.add(lane.waiting.remove());
    }
    transmit(lane);
  }

  private void transmit(Lane lane) {
    if (lane.batch.isEmpty()) {
      lane.busy = false;
    } else if (!expire(lane)) {
      world.in(cluster.delay(), () -> arrive(lane));
    }
  }

  private boolean expire(Lane lane) {
    if (silent || world.millis() < lane.batch.getFirst().expires) {
      return silent;
    }
    world.tell(client, "gives up %d records for %s", lane.batch.size(), lane.partition);
    TimeoutException late =
        new TimeoutException(
            "Expiring "
                + lane.batch.size()
                + " record(s) for "
                + lane.partition
                + ": delivery.timeout.ms has passed since batch creation");
    List<Pending> batch = lane.batch;
    lane.batch = List.of();
    batch.forEach(pending -> complete(lane, pending, late));
    transmitNext(lane);
    return true;
  }

  private void arrive(Lane lane) {
    if (silent && world.chance(0.5)) {
      return;
    }
    if (!cluster.available(lane.partition)) {
      world.in(world.between(5, 50), () -> transmit(lane));
      return;
    }
    if (lane.batch.getFirst().offset < 0) {
      long first =
          cluster.append(
              lane.partition, lane.batch.stream().map(pending -> pending.entry).toList());
      for (Pending pending : lane.batch) {
        pending.offset = first++;
      }
      if (world.story().told()) {
        world.tell(
            client,
            "wrote %d records to %s from %d",
            lane.batch.size(),
            lane.partition,
            lane.batch.getFirst().offset);
      }
    }
    if (cluster.loses()) {
      world.in(settings.requestTimeout(), () -> transmit(lane));
    } else {
      world.in(cluster.delay(), () -> acknowledged(lane));
    }
  }

  private void acknowledged(Lane lane) {
    if (silent) {
      return;
    }
    List<Pending> batch = lane.batch;
    lane.batch = List.of();
    batch.forEach(pending -> complete(lane, pending, null));
    transmitNext(lane);
  }

  private void complete(Lane lane, Pending pending, @Nullable Exception error) {
    unacknowledged--;
    unacknowledgedBytes -= pending.size();
    RecordMetadata metadata =
        error != null
            ? nothing(lane.partition)
            : new RecordMetadata(
                lane.partition,
                pending.offset,
                0,
                pending.entry.timestamp(),
                length(pending.entry.key()),
                length(pending.entry.value()));
    if (error == null) {
      pending.future.complete(metadata);
    } else {
      pending.future.completeExceptionally(error);
    }
    if (pending.callback != null) {
      pending.callback.onCompletion(metadata, error);
    }
  }

  // The rest

  @Override
  public void flush() {
    alive();
    List<Pending> before = new ArrayList<>();
    lanes
        .values()
        .forEach(lane -> {
          before.addAll(lane.batch);
          before.addAll(lane.waiting);
        });
    pass(() -> before.stream().allMatch(pending -> pending.future.isDone()), Long.MAX_VALUE);
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic) {
    open();
    if (!pass(() -> cluster.hasTopic(topic) && cluster.available(), settings.maxBlock())) {
      throw new TimeoutException(
          "Topic " + topic + " not present in metadata after " + settings.maxBlock() + " ms.");
    }
    Node[] nodes = {NODE};
    return cluster.partitions(topic).stream()
        .map(p -> new PartitionInfo(topic, p.partition(), NODE, nodes, nodes))
        .toList();
  }

  @Override
  public void close() {
    close(Duration.ofMillis(Long.MAX_VALUE));
  }

  @Override
  public void close(Duration timeout) {
    alive();
    if (closed) {
      return;
    }
    closed = true;
    pass(() -> unacknowledged == 0, timeout.toMillis());
    KafkaException aborted = new KafkaException("Producer is closed forcefully.");
    for (Lane lane : lanes.values()) {
      List<Pending> open = new ArrayList<>(lane.batch);
      open.addAll(lane.waiting);
      lane.waiting.clear();
      open.forEach(pending -> complete(lane, pending, aborted));
    }
    silent = true;
  }

  private boolean pass(BooleanSupplier condition, long millis) {
    boolean met = world.await(condition, millis);
    alive();
    return met;
  }

  private void alive() {
    if (crashed) {
      throw new Crashed(client);
    }
  }

  private void open() {
    alive();
    if (closed) {
      throw new IllegalStateException("Cannot perform operation after producer has been closed");
    }
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
