package dev.millrace.cli;

import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.kafka.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/// The cluster a command talks to. Whatever goes wrong with it is told as
/// [dev.millrace.engine.kafka.ClusterProblems] does.
final class Cluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  /// The broker setting by which `millrace dev` marks its broker.
  private static final String DEV_MARK = "millrace.dev";

  private final KafkaClients clients;
  private final Admin admin;
  private final Topics topics;

  private Cluster(KafkaClients clients) {
    this.clients = clients;
    this.admin = clients.admin();
    this.topics = clients.topics();
  }

  /// Opens the cluster once it has answered.
  static Cluster connect(KafkaClients clients) {
    clients.reach(PATIENCE);
    return new Cluster(clients);
  }

  KafkaClients clients() {
    return clients;
  }

  Admin admin() {
    return admin;
  }

  Topics topics() {
    return topics;
  }

  /// The answer to a request; a failure in our words.
  <T> T await(KafkaFuture<T> answer) {
    try {
      return answer.get();
    } catch (ExecutionException | InterruptedException e) {
      throw translate(e);
    }
  }

  /// What a failure of a Kafka client means.
  RuntimeException translate(Throwable failure) {
    return clients.problems().translate(failure);
  }

  /// An offset of each of these partitions, as readers of committed records see it.
  Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec spec) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(each -> wanted.put(each, spec));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    await(admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all())
        .forEach((each, result) -> offsets.put(each, result.offset()));
    return offsets;
  }

  /// Whether this is the cluster of a `millrace dev`, which creates missing topics on first use.
  boolean createsMissingTopics() {
    Collection<Node> nodes = await(admin.describeCluster().nodes());
    if (nodes.size() != 1) {
      return false;
    }
    ConfigResource broker =
        new ConfigResource(ConfigResource.Type.BROKER, nodes.iterator().next().idString());
    return await(admin.describeConfigs(List.of(broker)).all()).values().stream()
        .flatMap(config -> config.entries().stream())
        .anyMatch(setting -> setting.name().equals(DEV_MARK));
  }

  @Override
  public void close() {
    topics.close();
    admin.close(Duration.ZERO);
  }
}
