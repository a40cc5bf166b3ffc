package dev.millrace.engine.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// `/metrics`, `/livez` and `/readyz` of one process, on the JDK's own HTTP server.
///
/// A probe answers 200 and `ok`, or 503 and the reason.
public final class HealthServer implements AutoCloseable {
  static {
    // Seconds for a whole request: a client that trickles its header must not hold a thread for
    // ever.
    // The server reads it once, when its first instance is created.
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// Starts to answer.
  ///
  /// @param port 0 for any free one
  /// @param dead why the process must be restarted, empty while it need not
  /// @param notReady why it does not do its work yet or any more, empty while it does
  public HealthServer(
      int port,
      Meters meters,
      Supplier<Optional<String>> dead,
      Supplier<Optional<String>> notReady) {
    try {
      server = HttpServer.create(new InetSocketAddress(port), 0);
    } catch (BindException e) {
      throw new SetupException(
          "metrics-port " + port, "the port is taken", "Name another one, or 0 for any free one");
    } catch (IOException e) {
      throw new SetupException(
          "metrics-port " + port, "cannot listen: " + e.getMessage(), "Name another port");
    }
    server.setExecutor(threads);
    server.createContext("/livez", exchange -> probe(exchange, dead.get()));
    server.createContext("/readyz", exchange -> probe(exchange, notReady.get()));
    server.createContext(
        "/metrics",
        exchange -> {
          String accept = exchange.getRequestHeaders().getFirst("Accept");
          boolean open = accept != null && accept.contains("application/openmetrics-text");
          String type =
              open
                  ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                  : "text/plain; version=0.0.4; charset=utf-8";
          answer(exchange, 200, type, meters.scrape(type));
        });
    server.start();
  }

  /// The port it listens on.
  public int port() {
    return server.getAddress().getPort();
  }

  private static void probe(HttpExchange exchange, Optional<String> reason) throws IOException {
    answer(
        exchange,
        reason.isPresent() ? 503 : 200,
        "text/plain; charset=utf-8",
        reason.orElse("ok") + "\n");
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      if (!head) {
        out.write(bytes);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
