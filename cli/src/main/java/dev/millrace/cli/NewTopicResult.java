package dev.millrace.cli;

import dev.millrace.engine.kafka.Topics;
import dev.millrace.engine.kafka.Topics.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// A topic as the cluster has created it.
///
/// @param topic its name
/// @param partitions how many it got
/// @param replication how many copies of each record there are
/// @param settings what was set for it
record NewTopicResult(String topic, int partitions, int replication, Map<String, String> settings) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(20);

  /// Creates it; what is left empty is the broker's default.
  static NewTopicResult create(
      Cluster cluster,
      String topic,
      Optional<Integer> partitions,
      Optional<Short> replication,
      Map<String, String> settings) {
    cluster.topics().create(topic, partitions, replication, settings);
    Topic created = await(cluster.topics(), topic);
    return new NewTopicResult(
        topic,
        created.partitions().size(),
        created.partitions().getFirst().replicas().size(),
        settings);
  }

  /// A moment passes between the creation and the brokers knowing of it: who runs the next command
  /// shall find the topic there.
  private static Topic await(Topics topics, String topic) {
    long start = System.nanoTime();
    while (!topics.exists(topic) && System.nanoTime() - start < PATIENCE.toNanos()) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    return topics.describe(topic);
  }

  /// What was made.
  String sentence() {
    String set =
        settings.entrySet().stream()
            .map(each -> ", " + each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining());
    return "Created %s: %d %s, %d %s of each record%s"
        .formatted(
            topic,
            partitions,
            partitions == 1 ? "partition" : "partitions",
            replication,
            replication == 1 ? "copy" : "copies",
            set);
  }
}
