package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.engine.metrics.HealthServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a process tells those who watch over it.
class HealthIT {
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static HttpResponse<String> ask(HealthServer server, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void isAliveAllTheTimeAndReadyFromItsPartitionsToItsEnd() throws Exception {
    // Given
    String name = "probed";
    cluster.create(name, 1);
    cluster.create(name + "-out", 1);
    cluster.produce(name, 1, 0, 1);
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    TestFunction.on(
        name,
        message -> {
          called.countDown();
          go.await();
        });
    try (Engine engine = cluster.engine(Map.of());
        HealthServer server =
            new HealthServer(0, engine.meters(), engine::dead, engine::notReady)) {
      // When a function starts, works, and is asked to end while a call is under way
      TestFunction.named(name).start(engine);
      Optional<String> early = engine.notReady();
      called.await();
      HttpResponse<String> working = ask(server, "/readyz");
      Thread stopping =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  engine.stop();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      await().atMost(TestCluster.PATIENCE).until(() -> ask(server, "/readyz").statusCode() == 503);
      HttpResponse<String> ending = ask(server, "/readyz");
      HttpResponse<String> alive = ask(server, "/livez");
      go.countDown();
      stopping.join();
      // Then
      assertThat(early).hasValue("probed: waiting for partitions");
      assertThat(working.statusCode()).isEqualTo(200);
      assertThat(ending.body()).isEqualTo("stopping\n");
      assertThat(alive.statusCode()).isEqualTo(200);
      assertThat(alive.body()).isEqualTo("ok\n");
    }
  }

  @Test
  void metricsAreThoseOfTheFunction() throws Exception {
    // Given
    String name = "measured";
    cluster.create(name, 2);
    cluster.create(name + "-out", 1);
    cluster.produce(name, 2, 0, 100);
    try (Engine engine = cluster.engine(Map.of(), Duration.ofSeconds(1));
        HealthServer server =
            new HealthServer(0, engine.meters(), engine::dead, engine::notReady)) {
      FunctionRun run = TestFunction.named(name).start(engine);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.status().word() == FunctionStatus.Word.IDLE);
      // When
      HttpResponse<String> answer = ask(server, "/metrics");
      // Then every line is a comment or a number with a name
      Map<String, Double> values =
          answer
              .body()
              .lines()
              .filter(line -> !line.startsWith("#"))
              .collect(
                  Collectors.toMap(
                      line -> line.substring(0, line.lastIndexOf(' ')),
                      line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))));
      assertThat(values)
          .containsEntry("millrace_records_in_total{function=\"measured\"}", 100.0)
          .containsEntry(
              "millrace_records_out_total{function=\"measured\",topic=\"measured-out\"}", 100.0)
          .containsEntry("millrace_lag_records{function=\"measured\"}", 0.0)
          .containsEntry("millrace_lag_time_seconds{function=\"measured\"}", 0.0)
          .containsEntry("millrace_partitions_assigned{function=\"measured\"}", 2.0)
          .containsEntry("millrace_partitions_stopped{function=\"measured\"}", 0.0)
          .containsEntry("millrace_outstanding_records{function=\"measured\"}", 0.0);
    }
  }
}
