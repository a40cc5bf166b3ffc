package dev.millrace.broker;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/// Kafka's own settings for a broker that is alone on its machine.
final class NodeProperties {
  static final int NODE_ID = 1;
  static final String CONTROLLER = "CONTROLLER";
  static final String CLIENTS = "CLIENTS";

  /// Where the broker talks to itself when clients have to log in, so that it needs no login of its
  /// own (the transaction coordinator writes its markers over this listener).
  static final String INTERNAL = "INTERNAL";

  private NodeProperties() {}

  /// The ports that were opened for the broker.
  record Ports(int clients, int controller, Optional<Integer> internal) {}

  /// All settings.
  static Properties of(BrokerSettings settings, Path logFolder, Ports ports) {
    Properties properties = new Properties();
    identity(properties, logFolder, ports);
    listeners(properties, settings, ports);
    oneCopy(properties);
    quickToAnswer(properties);
    small(properties);
    properties.put("auto.create.topics.enable", Boolean.toString(settings.autoCreateTopics()));
    if (settings.autoCreateTopics()) {
      // Not Kafka's: clients of ours tell by it that missing topics are meant to be created, which
      // they do not take from a cluster that merely has Kafka's default.
      properties.put("millrace.dev", "true");
    }
    // Records are kept until somebody deletes them: old event times are normal in samples.
    properties.put("log.retention.ms", "-1");
    return properties;
  }

  private static void identity(Properties properties, Path logFolder, Ports ports) {
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", Integer.toString(NODE_ID));
    // Read at every start, not stored: the controller's port may change from start to start.
    properties.put("controller.quorum.voters", NODE_ID + "@localhost:" + ports.controller());
    properties.put("controller.listener.names", CONTROLLER);
    properties.put("log.dirs", logFolder.toString());
  }

  private static void listeners(Properties properties, BrokerSettings settings, Ports ports) {
    String clients = CLIENTS + "://localhost:" + ports.clients();
    String internal =
        ports.internal().map(port -> "," + INTERNAL + "://localhost:" + port).orElse("");
    properties.put(
        "listeners", clients + internal + "," + CONTROLLER + "://localhost:" + ports.controller());
    properties.put("advertised.listeners", clients + internal);
    properties.put("inter.broker.listener.name", ports.internal().isPresent() ? INTERNAL : CLIENTS);
    String protocol = settings.security().map(Security::protocol).orElse("PLAINTEXT");
    properties.put(
        "listener.security.protocol.map",
        "%s:%s,%s:PLAINTEXT,%s:PLAINTEXT".formatted(CLIENTS, protocol, INTERNAL, CONTROLLER));
    settings
        .security()
        .ifPresent(security -> properties.putAll(security.listenerSettings(CLIENTS)));
  }

  private static void oneCopy(Properties properties) {
    properties.put("default.replication.factor", "1");
    properties.put("min.insync.replicas", "1");
    properties.put("num.partitions", "1");
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("offsets.topic.num.partitions", "1");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("transaction.state.log.num.partitions", "1");
    properties.put("share.coordinator.state.topic.replication.factor", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
    properties.put("share.coordinator.state.topic.num.partitions", "1");
  }

  private static void quickToAnswer(Properties properties) {
    properties.put("broker.heartbeat.interval.ms", "250");
    properties.put("controller.quorum.election.timeout.ms", "500");
    properties.put("controller.quorum.append.linger.ms", "0");
    properties.put("metadata.max.idle.interval.ms", "0"); // no empty record every 500 ms
    properties.put("server.max.startup.time.ms", "60000"); // the default is for ever
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("group.streams.initial.rebalance.delay.ms", "0");
    // Members of the server-side protocols act on their next heartbeat, which is 5 s by default.
    for (String protocol : new String[] {"consumer", "share", "streams"}) {
      properties.put("group." + protocol + ".min.heartbeat.interval.ms", "100");
      properties.put("group." + protocol + ".heartbeat.interval.ms", "300");
      properties.put("group." + protocol + ".min.session.timeout.ms", "1000");
      properties.put("group." + protocol + ".session.timeout.ms", "10000");
      properties.put("group." + protocol + ".assignment.interval.ms", "0");
    }
    properties.put("group.min.session.timeout.ms", "1000");
  }

  private static void small(Properties properties) {
    properties.put("log.cleaner.dedupe.buffer.size", "2097152"); // 128 MiB of heap by default
    properties.put("log.index.size.max.bytes", "1048576");
    properties.put("offsets.load.buffer.size", "1048576");
    properties.put("num.network.threads", "1");
    properties.put("num.io.threads", "2");
    properties.put("background.threads", "2");
    properties.put("num.recovery.threads.per.data.dir", "1");
    properties.put("group.coordinator.threads", "1");
    properties.put("share.coordinator.threads", "1");
    properties.put("metric.reporters", ""); // no JMX
  }
}
