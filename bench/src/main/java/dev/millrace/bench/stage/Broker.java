package dev.millrace.bench.stage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The one broker of a benchmark, in a JVM of its own, with its data in a temporary folder.
public final class Broker implements AutoCloseable {
  /// Of its JVM; topics live in the page cache, not in the heap.
  private static final List<String> FLAGS =
      List.of(
          "-Xms512m", "-Xmx512m", "-XX:+UseParallelGC", "--sun-misc-unsafe-memory-access=allow");

  private final ChildJvm process;
  private final String bootstrap;

  private Broker(ChildJvm process, String bootstrap) {
    this.process = process;
    this.bootstrap = bootstrap;
  }

  /// Starts it and waits until it answers.
  ///
  /// @param log receives what it writes to standard error
  public static Broker start(Path log) throws IOException, InterruptedException {
    CompletableFuture<String> address = new CompletableFuture<>();
    ChildJvm process =
        ChildJvm.start(
            "broker", BrokerProgram.class.getName(), FLAGS, List.of(), log, address::complete);
    try {
      return new Broker(process, address.get(60, TimeUnit.SECONDS));
    } catch (TimeoutException | ExecutionException e) {
      IllegalStateException failed = process.failed("did not answer within 60 s");
      process.close();
      throw failed;
    }
  }

  /// Where clients connect.
  public String bootstrap() {
    return bootstrap;
  }

  /// CPU time until now, in seconds.
  public double cpuSeconds() {
    return process.cpuSeconds();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.close();
  }
}
