package dev.millrace.broker;

import dev.millrace.broker.BrokerException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer$;
import kafka.server.Server$;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/// One running broker: a KRaft controller and a broker in one, started when the constructor's
/// caller has it in hand and stopped by [#close()].
final class KafkaNode implements AutoCloseable {
  private final DataFolder folder;
  private final int port;
  private final SharedServer shared;
  private final ControllerServer controller;
  private final BrokerServer broker;

  private KafkaNode(
      DataFolder folder,
      NodeProperties.Ports ports,
      KafkaConfig config,
      Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> formatted,
      ListenSockets sockets) {
    this.folder = folder;
    this.port = ports.clients();
    var voter = new InetSocketAddress("localhost", ports.controller());
    MetaPropertiesEnsemble identity = formatted._1();
    Metrics metrics =
        Server$.MODULE$.initializeMetrics(config, Time.SYSTEM, identity.clusterId().orElseThrow());
    shared =
        new SharedServer(
            config,
            identity,
            Time.SYSTEM,
            metrics,
            CompletableFuture.completedFuture(Map.of(NodeProperties.NODE_ID, voter)),
            List.of(),
            new StandardFaultHandlerFactory(),
            sockets);
    broker = new BrokerServer(shared);
    controller =
        new ControllerServer(shared, KafkaRaftServer$.MODULE$.configSchema(), formatted._2());
  }

  /// Starts a broker in a folder that this call takes over: it is given back when the broker stops,
  /// or at once when it cannot start.
  ///
  /// @param session how long the controller waits for a sign of life from the broker: a restart
  ///   after a kill waits as long, a stall of the machine that takes longer makes it take a healthy
  ///   broker for dead
  static KafkaNode start(BrokerSettings settings, DataFolder folder, Duration session) {
    try (ListenSockets sockets = new ListenSockets()) {
      // The clients' port first: it is the one that can be taken.
      int clients = sockets.bind(NodeProperties.CLIENTS, settings.port());
      var ports =
          new NodeProperties.Ports(
              clients,
              sockets.bind(NodeProperties.CONTROLLER, 0),
              settings.security().map(security -> sockets.bind(NodeProperties.INTERNAL, 0)));
      Properties properties = NodeProperties.of(settings, folder.kafkaFolder(), ports);
      properties.put("broker.session.timeout.ms", Long.toString(session.toMillis()));
      KafkaConfig config = KafkaConfig.fromProps(properties, false);
      format(folder, config);
      KafkaNode node = new KafkaNode(folder, ports, config, identity(folder, config), sockets);
      node.startup(settings);
      return node;
    } catch (IOException | RuntimeException | Error e) {
      BrokerException problem = explained(e, folder);
      try {
        folder.close();
      } catch (IOException suppressed) {
        problem.addSuppressed(suppressed);
      }
      throw problem;
    }
  }

  private static BrokerException explained(Throwable e, DataFolder folder) {
    if (e instanceof BrokerException said) {
      return said;
    }
    Optional<BrokerException> trouble = folder.trouble();
    if (trouble.isPresent()) {
      trouble.get().addSuppressed(e);
      return trouble.get();
    }
    return new BrokerException(
        Kind.DIED,
        "the broker could not start in %s: %s".formatted(folder.folder(), e),
        "Its log says more; choosing another data folder begins anew",
        e);
  }

  /// Gives an empty folder its identity; a folder that has one keeps it.
  private static void format(DataFolder folder, KafkaConfig config) throws IOException {
    try {
      MetaPropertiesEnsemble known =
          new MetaPropertiesEnsemble.Loader()
              .addMetadataLogDir(config.metadataLogDir())
              .addLogDirs(config.logDirs())
              .load();
      if (!known.errorLogDirs().isEmpty()) {
        throw new IOException(MetaPropertiesEnsemble.META_PROPERTIES_NAME + " is unreadable");
      }
      if (known.emptyLogDirs().isEmpty()) {
        return;
      }
      if (Files.exists(folder.kafkaFolder().resolve("__cluster_metadata-0"))) {
        // Formatting it again would give old data a new identity.
        throw new IOException(MetaPropertiesEnsemble.META_PROPERTIES_NAME + " is missing");
      }
    } catch (IOException | RuntimeException e) {
      throw folder.damaged(e);
    }
    try {
      new Formatter()
          .setNodeId(NodeProperties.NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .setDirectories(config.logDirs())
          .setMetadataLogDirectory(config.metadataLogDir())
          .setControllerListenerName(NodeProperties.CONTROLLER)
          .setIgnoreFormatted(true)
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) { // the method says no more than that
      throw new IOException(e);
    }
  }

  private static Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> identity(
      DataFolder folder, KafkaConfig config) {
    try {
      return KafkaRaftServer$.MODULE$.initializeLogDirs(
          config, LoggerFactory.getLogger(KafkaNode.class), "");
    } catch (RuntimeException e) {
      throw folder.damaged(e);
    }
  }

  private void startup(BrokerSettings settings) {
    try {
      controller.startup();
      broker.startup();
      FirstRecords records = new FirstRecords(controller.controller());
      settings.security().ifPresent(records::user);
      records.internalTopics(broker);
    } catch (RuntimeException | Error e) {
      try {
        stopServers();
      } catch (RuntimeException | Error suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  int port() {
    return port;
  }

  DataFolder folder() {
    return folder;
  }

  /// Stops cleanly: everything is written, the next start finds nothing to repair.
  @Override
  public void close() {
    try {
      stopServers();
    } finally {
      Utils.closeQuietly(folder, "data folder");
    }
  }

  private void stopServers() {
    broker.shutdown();
    controller.shutdown();
    broker.awaitShutdown();
    controller.awaitShutdown();
  }
}
