package dev.millrace.bench.contender;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// What every contender tells the Kafka clients, wherever the product lets one say it.
public final class ClientSettings {
  /// How often a contender commits that does not commit after each batch.
  public static final int COMMIT_MILLIS = 500;

  /// Durable and in large batches. Without the idempotent producer none of them could promise that
  /// a record is not written twice by a retry.
  private static final Map<String, Object> PRODUCER =
      Map.of(
          "acks", "all",
          "enable.idempotence", "true",
          "linger.ms", "5",
          "batch.size", "131072",
          "compression.type", "lz4");

  /// Fetch sizes are Kafka's defaults. Larger polls help the loops that wait for each batch.
  private static final Map<String, Object> CONSUMER =
      Map.of(
          "auto.offset.reset", "earliest",
          "enable.auto.commit", "false",
          "isolation.level", "read_committed",
          "max.poll.records", "5000");

  private ClientSettings() {}

  /// The producer's settings without address and serializers.
  public static Map<String, Object> tunedProducer() {
    return PRODUCER;
  }

  /// The consumer's settings without address, group and deserializers.
  public static Map<String, Object> tunedConsumer() {
    return CONSUMER;
  }

  /// A producer of strings without keys.
  public static Map<String, Object> producer(String bootstrap) {
    Map<String, Object> settings = new HashMap<>(PRODUCER);
    settings.put("bootstrap.servers", bootstrap);
    settings.put("key.serializer", ByteArraySerializer.class);
    settings.put("value.serializer", StringSerializer.class);
    return settings;
  }

  /// A consumer of strings without a group.
  public static Map<String, Object> reader(String bootstrap) {
    Map<String, Object> settings = new HashMap<>(CONSUMER);
    settings.put("bootstrap.servers", bootstrap);
    settings.put("key.deserializer", ByteArrayDeserializer.class);
    settings.put("value.deserializer", StringDeserializer.class);
    return settings;
  }

  /// A consumer of strings in a group of the new protocol.
  static Map<String, Object> consumer(Task task) {
    return consumer(task.bootstrap(), task.group());
  }

  /// A consumer of strings in a group of the new protocol.
  static Map<String, Object> consumer(String bootstrap, String group) {
    Map<String, Object> settings = reader(bootstrap);
    settings.put("group.id", group);
    settings.put("group.protocol", "consumer");
    return settings;
  }
}
