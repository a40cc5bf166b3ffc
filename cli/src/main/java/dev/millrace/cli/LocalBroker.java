package dev.millrace.cli;

import dev.millrace.broker.BrokerException;
import dev.millrace.broker.BrokerLaunch;
import dev.millrace.broker.BrokerProcess;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The broker of `dev` and `demo`, in a process of its own that ends with this one.
final class LocalBroker implements AutoCloseable {
  /// Where the launcher keeps the class data that makes the broker start twice as fast.
  private static final String ARCHIVE = "millrace.broker.archive";

  private volatile BrokerProcess process;
  private final boolean ephemeral;

  private LocalBroker(BrokerLaunch launch) {
    this.process = start(launch);
    this.ephemeral = launch.ephemeral();
  }

  /// Starts a broker whose data stays in this folder.
  static LocalBroker in(Path folder, int port) {
    return new LocalBroker(BrokerLaunch.in(folder, port));
  }

  /// Starts a broker whose data goes with it.
  static LocalBroker ephemeral(int port) {
    try {
      Path folder = Files.createTempDirectory("millrace-broker-");
      return new LocalBroker(BrokerLaunch.in(folder, port).withoutTrace());
    } catch (IOException e) {
      throw new SetupException(
          System.getProperty("java.io.tmpdir"),
          "no temporary folder can be made here: " + e.getMessage(),
          "Make room, or set java.io.tmpdir in MILLRACE_JAVA_OPTS");
    }
  }

  private static BrokerProcess start(BrokerLaunch launch) {
    String archive = System.getProperty(ARCHIVE);
    try {
      return BrokerProcess.start(
          archive == null ? launch : launch.withClassArchive(Path.of(archive)));
    } catch (BrokerException e) {
      throw refused(e);
    }
  }

  /// Why the broker did not start and what to do, in the words of the command line.
  private static RuntimeException refused(BrokerException e) {
    return switch (e.kind()) {
      case PORT_TAKEN ->
          setup(e, "Stop that program, or choose another port with --port (0 takes any free one)");
      case FOLDER_IN_USE ->
          setup(e, "Stop that one, use --ephemeral, or start this one in another folder");
      case DISK_FULL, FOLDER_UNUSABLE -> setup(e, e.advice());
      case DIED -> failed(e, e.advice());
    };
  }

  /// Why the broker that ran is gone and what to do, in the words of the command line.
  FailedException gone(BrokerException e) {
    if (!ephemeral) {
      return failed(e, e.advice());
    }
    return failed(
        e,
        switch (e.kind()) {
          case DISK_FULL -> "Free some space and start it again";
          case PORT_TAKEN, FOLDER_IN_USE, FOLDER_UNUSABLE, DIED ->
              "Start it again; without --ephemeral its data and its log are kept";
        });
  }

  private static SetupException setup(BrokerException e, String advice) {
    return new SetupException("broker", e.what(), advice);
  }

  private static FailedException failed(BrokerException e, String advice) {
    return new FailedException(new Problem("broker", e.what(), advice), e);
  }

  /// Starts it once more with its data and on its port, after its process has died.
  ///
  /// @return why that did not work either, if it did not
  Optional<BrokerException> again() {
    try {
      process = process.again();
      return Optional.empty();
    } catch (BrokerException e) {
      return Optional.of(e);
    }
  }

  /// Opens it as a cluster.
  Cluster connect() {
    return Cluster.connect(new KafkaClients(Map.of("bootstrap.servers", bootstrap())));
  }

  String bootstrap() {
    return process.bootstrap();
  }

  BrokerProcess process() {
    return process;
  }

  @Override
  public void close() {
    process.close();
  }
}
