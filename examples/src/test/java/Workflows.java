import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A workflow engine that answers as a test wants it to: at first with the statuses it was given,
/// then with 202. Thread-safe.
final class Workflows implements AutoCloseable {
  /// @param key the idempotency key
  record Request(String key, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
  private final CountDownLatch open;

  private Workflows(CountDownLatch open, List<Integer> first) throws IOException {
    this.open = open;
    statuses.addAll(first);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  static Workflows answering(Integer... first) throws IOException {
    return new Workflows(new CountDownLatch(0), List.of(first));
  }

  /// It answers nothing until it is told to.
  static Workflows silent() throws IOException {
    return new Workflows(new CountDownLatch(1), List.of());
  }

  void speak() {
    open.countDown();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String key = String.valueOf(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
      requests.add(new Request(key, new String(body, StandardCharsets.UTF_8)));
      open.await();
      Integer status = statuses.poll();
      byte[] answer = "run-1".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status == null ? 202 : status, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/workflows");
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    speak();
    server.stop(0);
    threads.shutdownNow();
  }
}
