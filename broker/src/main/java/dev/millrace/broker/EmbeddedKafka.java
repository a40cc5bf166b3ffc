package dev.millrace.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Utils;

/// A real Kafka broker in this process, for tests.
///
/// ```java
/// try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
///   var settings = Map.of("bootstrap.servers", kafka.bootstrap());
/// }
/// ```
///
/// It answers when `start` returns; a broker that cannot start throws [BrokerException]. [#stop()]
/// and [#start()] on the object make a broker that is gone for a while: port and data stay. Safe to
/// use from several threads.
public final class EmbeddedKafka implements AutoCloseable {
  /// Kafka's own: it is always stopped cleanly, and a build machine may stall for seconds.
  private static final Duration SESSION = Duration.ofSeconds(9);

  private final BrokerSettings settings;
  private final Path folder;
  private final boolean temporary;
  private int port;
  private Optional<KafkaNode> running = Optional.empty();

  private EmbeddedKafka(BrokerSettings settings, Path folder, boolean temporary) {
    this.settings = settings;
    this.folder = folder;
    this.temporary = temporary;
    this.port = settings.port();
  }

  /// Starts one on any free port, in a temporary folder, where topics are only created by request.
  public static EmbeddedKafka start() {
    return start(BrokerSettings.defaults());
  }

  /// Starts one that keeps its data in this folder, on any free port.
  public static EmbeddedKafka start(Path dataFolder) {
    return start(BrokerSettings.defaults().withDataFolder(dataFolder));
  }

  /// Starts one set up like this.
  public static EmbeddedKafka start(BrokerSettings settings) {
    EmbeddedKafka kafka =
        settings
            .dataFolder()
            .map(folder -> new EmbeddedKafka(settings, folder, false))
            .orElseGet(() -> new EmbeddedKafka(settings, temporaryFolder(), true));
    try {
      kafka.restart();
    } catch (BrokerException e) {
      kafka.close();
      throw e;
    }
    return kafka;
  }

  /// Starts it again after [#stop()], on the same port, with the same data; nothing happens when it
  /// runs.
  public synchronized void restart() {
    if (running.isPresent()) {
      return;
    }
    QuietLogging.inThisProcess();
    keepThisProcess();
    KafkaNode node = KafkaNode.start(settings.withPort(port), DataFolder.open(folder), SESSION);
    port = node.port();
    running = Optional.of(node);
  }

  /// Stops it cleanly and keeps port and data in mind; nothing happens when it does not run.
  public synchronized void stop() {
    Optional<KafkaNode> node = running;
    running = Optional.empty();
    node.ifPresent(KafkaNode::close);
  }

  /// Stops it, and deletes its folder if that was a temporary one.
  @Override
  public synchronized void close() {
    stop();
    if (temporary) {
      try {
        Utils.delete(folder.toFile());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Where clients connect: `localhost:port`.
  public synchronized String bootstrap() {
    return "localhost:" + port;
  }

  /// The port clients connect to.
  public synchronized int port() {
    return port;
  }

  /// Where the data is.
  public Path dataFolder() {
    return folder;
  }

  /// What a client sets to connect, in Kafka's own names: `bootstrap.servers`, and the login if one
  /// is asked for.
  public Map<String, String> clientSettings() {
    Map<String, String> client = new TreeMap<>();
    client.put("bootstrap.servers", bootstrap());
    settings.security().ifPresent(security -> client.putAll(security.clientSettings()));
    return client;
  }

  /// Kafka ends the whole process when its disk fails. In somebody's tests it only ends itself.
  private static void keepThisProcess() {
    Exit.Procedure refuse =
        (status, message) -> {
          throw new IllegalStateException("the broker gave up: status " + status + ", " + message);
        };
    Exit.setHaltProcedure(refuse);
    Exit.setExitProcedure(refuse);
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("millrace-kafka-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
