package dev.millrace.cli;

import dev.millrace.engine.kafka.ClusterFeatures;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.kafka.Topics;
import java.time.Duration;

/// The cluster a command talks to. Whatever goes wrong with it is told as
/// [dev.millrace.engine.kafka.ClusterProblems] does.
///
/// @param clients builds clients for it
/// @param features what it said of itself
/// @param topics what is in it
record Cluster(KafkaClients clients, ClusterFeatures features, Topics topics)
    implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// Opens the cluster once it has answered.
  static Cluster connect(KafkaClients clients) {
    return new Cluster(clients, clients.reach(PATIENCE), clients.topics());
  }

  /// What a failure of a Kafka client means.
  RuntimeException translate(Throwable failure) {
    return clients.problems().translate(failure);
  }

  @Override
  public void close() {
    topics.close();
  }
}
