package dev.millrace.broker;

import dev.millrace.broker.BrokerException.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.utils.Exit;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/// A broker in a process of its own, the child of `dev` and `demo`: `--data DIR --port N
/// [--no-auto-create] [--ephemeral]`.
///
/// 1. Says one line when it answers, or why it cannot (see [ChildLine]); nothing else is printed,
///    its log is in the data folder.
/// 2. Lives until its standard input ends, so that it never outlives its parent, or until SIGTERM;
///    both stop it cleanly, and with `--ephemeral` delete the folder. The keyboard's interrupt is
///    left to the parent, which needs its broker while it drains.
/// 3. When its disk fails it says why and exits with the code of the [BrokerException.Kind].
public final class BrokerMain {
  private static final int USAGE = 2;

  /// Short, because a restart after kill -9 waits for it.
  private static final Duration SESSION = Duration.ofSeconds(2);

  private final PrintStream reports;
  private final AtomicReference<KafkaNode> running = new AtomicReference<>();

  private BrokerMain(PrintStream reports) {
    this.reports = reports;
  }

  /// Runs until told to stop.
  public static void main(String[] args) {
    PrintStream reports = System.out;
    System.setOut(System.err);
    for (String keyboard : List.of("INT", "HUP")) {
      Signal.handle(new Signal(keyboard), SignalHandler.SIG_IGN);
    }
    Optional<Arguments> arguments = Arguments.parse(args);
    if (arguments.isEmpty()) {
      System.err.println("usage: --data DIR --port N [--no-auto-create] [--ephemeral]");
      System.exit(USAGE);
    }
    new BrokerMain(reports).run(arguments.orElseThrow());
  }

  private void run(Arguments arguments) {
    Thread.ofPlatform().daemon().name("parent-watch").start(BrokerMain::exitWithParent);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(arguments), "broker-stop"));
    QuietLogging.inThisProcess();
    try {
      DataFolder folder = DataFolder.open(arguments.data());
      QuietLogging.toFile(folder.logFile());
      Exit.Procedure gaveUp = (status, message) -> fail(gaveUp(folder, message));
      Exit.setHaltProcedure(gaveUp);
      Exit.setExitProcedure(gaveUp);
      BrokerSettings settings =
          BrokerSettings.defaults()
              .withPort(arguments.port())
              .withAutoCreateTopics(arguments.autoCreate());
      KafkaNode node = KafkaNode.start(settings, folder, SESSION);
      running.set(node);
      report(new ChildLine.Ready(node.port(), ProcessHandle.current().pid()));
    } catch (BrokerException e) {
      fail(e);
    }
  }

  /// Kafka's own way out: what it says is seldom why.
  private static BrokerException gaveUp(DataFolder folder, Object message) {
    return folder
        .trouble()
        .orElseGet(() ->
            new BrokerException(
                Kind.DIED,
                "the broker gave up (" + message + ")",
                "Its log says why: %s. Start it again; if that does not help, choose another data folder or delete %s"
                    .formatted(folder.logFile(), folder.folder())));
  }

  /// Ends the process at once: nothing more can be written, so there is nothing to stop cleanly.
  private void fail(BrokerException problem) {
    report(new ChildLine.Failed(problem.kind(), problem.what(), problem.advice()));
    Runtime.getRuntime().halt(problem.kind().exitCode());
  }

  private synchronized void report(ChildLine line) {
    reports.println(line.toJson());
    reports.flush();
  }

  private void stop(Arguments arguments) {
    KafkaNode node = running.getAndSet(null);
    if (node != null) {
      node.close();
    }
    if (arguments.ephemeral()) {
      DataFolder.delete(arguments.data());
    }
  }

  private static void exitWithParent() {
    try {
      while (System.in.read() >= 0) {
        // nothing is ever said here: only the end counts
      }
    } catch (IOException e) {
      // the parent's end of the pipe is broken: the same
    }
    System.exit(0);
  }

  /// What the process was told.
  record Arguments(Path data, int port, boolean autoCreate, boolean ephemeral) {
    /// Empty when something is missing or unknown.
    static Optional<Arguments> parse(String... args) {
      Optional<Path> data = Optional.empty();
      Optional<Integer> port = Optional.empty();
      boolean autoCreate = true;
      boolean ephemeral = false;
      try {
        for (int i = 0; i < args.length; i++) {
          switch (args[i]) {
            case "--data" -> data = Optional.of(Path.of(args[++i]));
            case "--port" -> port = Optional.of(Integer.valueOf(args[++i]));
            case "--no-auto-create" -> autoCreate = false;
            case "--ephemeral" -> ephemeral = true;
            default -> {
              return Optional.empty();
            }
          }
        }
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        return Optional.empty();
      }
      return data.isEmpty() || port.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Arguments(data.orElseThrow(), port.orElseThrow(), autoCreate, ephemeral));
    }
  }
}
