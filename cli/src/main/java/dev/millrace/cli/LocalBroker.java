package dev.millrace.cli;

import dev.millrace.broker.BrokerException;
import dev.millrace.broker.BrokerLaunch;
import dev.millrace.broker.BrokerProcess;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// The broker of `dev` and `demo`, in a process of its own that ends with this one.
final class LocalBroker implements AutoCloseable {
  /// Where the launcher keeps the class data that makes the broker start twice as fast.
  private static final String ARCHIVE = "millrace.broker.archive";

  private final BrokerProcess process;
  private final Optional<Path> temporary;

  private LocalBroker(BrokerProcess process, Optional<Path> temporary) {
    this.process = process;
    this.temporary = temporary;
  }

  /// Starts a broker whose data stays in this folder.
  static LocalBroker in(Path folder, int port) {
    return new LocalBroker(start(folder, port), Optional.empty());
  }

  /// Starts a broker whose data goes with it.
  static LocalBroker ephemeral(int port) {
    try {
      Path folder = Files.createTempDirectory("millrace-broker-");
      try {
        return new LocalBroker(start(folder, port), Optional.of(folder));
      } catch (RuntimeException e) {
        delete(folder);
        throw e;
      }
    } catch (IOException e) {
      throw new SetupException(
          System.getProperty("java.io.tmpdir"),
          "no temporary folder can be made here: " + e.getMessage(),
          "Make room, or set java.io.tmpdir in MILLRACE_JAVA_OPTS");
    }
  }

  private static BrokerProcess start(Path folder, int port) {
    BrokerLaunch launch = BrokerLaunch.in(folder, port);
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
    Problem said = problem(e);
    return switch (e.kind()) {
      case PORT_TAKEN ->
          setup(
              said, "Stop that program, or choose another port with --port (0 takes any free one)");
      case FOLDER_IN_USE ->
          setup(said, "Stop that one, use --ephemeral, or start this one in another folder");
      case DISK_FULL, FOLDER_UNUSABLE -> setup(said, said.advice());
      case DIED -> new FailedException(said, e);
    };
  }

  /// Why the broker that ran is gone and what to do, in the words of the command line.
  FailedException gone(BrokerException e) {
    Problem said = problem(e);
    if (temporary.isEmpty()) {
      return new FailedException(said, e);
    }
    String advice =
        switch (e.kind()) {
          case DISK_FULL -> "Free some space and start it again";
          case PORT_TAKEN, FOLDER_IN_USE, FOLDER_UNUSABLE, DIED ->
              "Start it again; without --ephemeral its data and its log are kept";
        };
    return new FailedException(new Problem(said.where(), said.what(), advice), e);
  }

  private static SetupException setup(Problem said, String advice) {
    return new SetupException(said.where(), said.what(), advice);
  }

  private static Problem problem(BrokerException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf(". ");
    String what = end < 0 ? message : message.substring(0, end);
    String advice = end < 0 ? "Try again" : message.substring(end + 2);
    return new Problem(
        "broker", what, advice.endsWith(".") ? advice.substring(0, advice.length() - 1) : advice);
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
    temporary.ifPresent(LocalBroker::delete);
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("[" + folder + "] cannot be deleted: " + e.getMessage() + ".");
    }
  }
}
