package dev.millrace.broker;

import dev.millrace.broker.BrokerException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A real Kafka broker in a process of its own, as its parent sees it. The broker ends with this
/// process, however that ends, and an ephemeral one leaves nothing behind. Safe to use from several
/// threads.
public final class BrokerProcess implements AutoCloseable {
  private static final int LINES_KEPT = 20;
  private static final long CLEAN_STOP_SECONDS = 15;
  private static final long KILL_SECONDS = 5;
  private static final int KILLED = 128 + 9;
  private static final int OUT_OF_MEMORY = 3;

  private final BrokerLaunch launch;
  private final Process process;
  private final CompletableFuture<ChildLine.Ready> ready = new CompletableFuture<>();
  private final CompletableFuture<Optional<BrokerException>> exited = new CompletableFuture<>();
  private volatile boolean closing;

  private BrokerProcess(BrokerLaunch launch, Process process) {
    this.launch = launch;
    this.process = process;
  }

  /// Starts a broker and returns when it answers.
  ///
  /// @throws BrokerException when it cannot start, with what to do
  public static BrokerProcess start(BrokerLaunch launch) {
    BrokerProcess broker = new BrokerProcess(launch, launched(launch));
    Thread.ofPlatform().daemon().name("broker-output").start(broker::listen);
    try {
      broker.ready.get(launch.patience().toMillis(), TimeUnit.MILLISECONDS);
      return broker;
    } catch (ExecutionException e) {
      throw broker.exited.join().orElseThrow(() -> new IllegalStateException(e));
    } catch (TimeoutException e) {
      broker.process.destroyForcibly();
      throw new BrokerException(
          Kind.DIED,
          "the broker did not answer within " + launch.patience().toSeconds() + " s and was ended",
          "Its log may say why: %s. Start it again when the machine is less busy"
              .formatted(DataFolder.logFile(launch.dataFolder())),
          e);
    } catch (InterruptedException e) {
      broker.process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the broker starts", e);
    }
  }

  private static Process launched(BrokerLaunch launch) {
    try {
      return new ProcessBuilder(launch.command()).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new BrokerException(
          Kind.DIED,
          "the broker's process could not be started (" + e.getMessage() + ")",
          "Check the JDK this program runs on",
          e);
    }
  }

  /// Reads what the process prints until it ends; then says how it ended.
  private void listen() {
    Optional<BrokerException> failure = Optional.empty();
    Deque<String> lastLines = new ArrayDeque<>();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        switch (ChildLine.parse(line).orElse(null)) {
          case ChildLine.Ready said -> ready.complete(said);
          case ChildLine.Failed said ->
              failure = Optional.of(new BrokerException(said.kind(), said.what(), said.advice()));
          case null -> {
            if (lastLines.size() == LINES_KEPT) {
              lastLines.removeFirst();
            }
            lastLines.addLast(line);
          }
        }
      }
    } catch (IOException e) {
      lastLines.addLast("(its output could not be read: " + e.getMessage() + ")");
    }
    int code = process.onExit().join().exitValue();
    if (launch.ephemeral() && !ready.isDone()) {
      // Nobody gets it to close it.
      DataFolder.delete(launch.dataFolder());
    }
    exited.complete(
        closing ? Optional.empty() : failure.or(() -> Optional.of(died(code, lastLines))));
    ready.completeExceptionally(new IOException("the broker's process has ended"));
  }

  private BrokerException died(int code, Deque<String> lastLines) {
    String how =
        switch (code) {
          case KILLED -> "was killed, by somebody or by the system for want of memory";
          case OUT_OF_MEMORY -> "ran out of memory";
          default -> "ended with code " + code;
        };
    String said = lastLines.isEmpty() ? "" : "; it last said: " + String.join(" | ", lastLines);
    return new BrokerException(
        Kind.DIED,
        "the broker's process " + how + said,
        launch.ephemeral()
            ? "Start it again"
            : "Its data is kept: start it again. Its log: "
                + DataFolder.logFile(launch.dataFolder()));
  }

  /// Starts it once more where it was, with its data and on its port, after it has ended by itself.
  ///
  /// @throws BrokerException when it cannot start, with what to do
  public BrokerProcess again() {
    return start(launch.withPort(port()));
  }

  /// Where clients connect: `localhost:port`.
  public String bootstrap() {
    return "localhost:" + port();
  }

  /// The port clients connect to.
  public int port() {
    return ready.join().port();
  }

  /// The process's id.
  public long pid() {
    return process.pid();
  }

  /// Completes when the process has ended: with the reason, or empty when [#close()] was called.
  public CompletableFuture<Optional<BrokerException>> exited() {
    return exited.copy();
  }

  /// Stops the broker cleanly and waits for it; ends it by force when it takes longer than 15 s.
  /// The data of an ephemeral one is deleted, also when it has ended before.
  @Override
  public void close() {
    closing = true;
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy(); // SIGTERM asks for the same
    }
    try {
      if (!process.waitFor(CLEAN_STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      exited.get(KILL_SECONDS, TimeUnit.SECONDS);
      if (launch.ephemeral()) {
        // It does so itself, unless it was killed.
        DataFolder.delete(launch.dataFolder());
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the broker's process does not end", e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
