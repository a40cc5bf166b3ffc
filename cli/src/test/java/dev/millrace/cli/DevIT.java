package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(90)
class DevIT {
  @TempDir private Path folder;

  @Test
  void aPlatformUntilItIsStopped() throws Exception {
    // Given
    TestConsole console = new TestConsole(folder.resolve("cache"));
    CompletableFuture<Millrace> dev = begin(console);
    JsonNode ready = ready(console, dev);
    List<ProcessHandle> brokers = brokers();
    // When
    List<Integer> answers =
        List.of(status(ready, "livez"), status(ready, "readyz"), status(ready, "metrics"));
    console.stop.request();
    Millrace ended = dev.join();
    // Then
    assertThat(answers).containsOnly(200);
    assertThat(ready.get("bootstrap").asString()).startsWith("localhost:");
    assertThat(ready.get("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(brokers).isNotEmpty().noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void aBrokerThatKeepsDyingIsAFailure() throws Exception {
    // Given
    TestConsole console = new TestConsole(folder.resolve("cache"));
    CompletableFuture<Millrace> dev = begin(console);
    ready(console, dev);
    // When
    await()
        .atMost(Duration.ofSeconds(80))
        .until(() -> {
          brokers().forEach(ProcessHandle::destroyForcibly);
          return dev.isDone();
        });
    Millrace ended = dev.join();
    // Then
    assertThat(ended.code()).as(ended.err()).isEqualTo(ExitCode.FAILED);
    assertThat(ended.err())
        .contains("the broker's process was killed", "It is started again", "Start it again")
        .doesNotContain("Its data is kept");
  }

  @Test
  void howToReachAnotherClusterIsNotForIt() throws Exception {
    // Given
    Path settings =
        Files.writeString(
            folder.resolve("millrace.yaml"),
            """
            bootstrap: elsewhere:9092
            kafka:
              security.protocol: SSL
              ssl.key.password: ${env:NOT_SET_ANYWHERE}
            """);
    Path platform =
        Files.writeString(
            folder.resolve("platform.yaml"), "owner: data-platform\nlocked: [bootstrap, kafka]\n");
    TestConsole console = new TestConsole(folder.resolve("cache"));
    // When
    CompletableFuture<Millrace> dev =
        begin(console, "--config", settings.toString(), "--platform", platform.toString());
    JsonNode ready = ready(console, dev);
    console.stop.request();
    // Then
    assertThat(ready.get("bootstrap").asString()).startsWith("localhost:");
    assertThat(dev.join().code()).isZero();
  }

  @Test
  void aTakenPortIsSaidWithTheFlagForAnother() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      // Given
      String port = Integer.toString(taken.getLocalPort());
      // When
      Millrace dev =
          new TestConsole(folder.resolve("cache")).run("dev", "--ephemeral", "--port", port);
      // Then
      assertThat(dev.code()).as(dev.err()).isEqualTo(ExitCode.USAGE);
      assertThat(dev.err()).contains("[broker] port " + port, "choose another port with --port");
    }
  }

  @Test
  void aPortThatIsNoneIsRefused() {
    // When
    Millrace dev = new TestConsole(folder.resolve("cache")).run("dev", "--port", "99999");
    // Then
    assertThat(dev.code()).isEqualTo(ExitCode.USAGE);
    assertThat(dev.err()).contains("[--port] 99999 is no port. Give one from 1 to 65535");
  }

  @Test
  void anotherClusterIsRefused() {
    // When
    Millrace dev = new TestConsole(folder.resolve("cache")).run("dev", "-K", "client.id=a");
    // Then
    assertThat(dev.code()).isEqualTo(ExitCode.USAGE);
    assertThat(dev.err()).contains("[--kafka] 'dev' starts a broker of its own");
  }

  private CompletableFuture<Millrace> begin(TestConsole console, String... more) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("Any.java"),
            """
            import dev.millrace.KafkaFunction;
            import java.util.List;

            public class Any {
              @KafkaFunction(name = "any", topics = "any.in")
              public void call(List<String> records) {}
            }
            """);
    String[] args = new String[7 + more.length];
    List<String> first =
        List.of("dev", file.toString(), "--ephemeral", "--port", "0", "--output", "json");
    for (int i = 0; i < args.length; i++) {
      args[i] = i < 7 ? first.get(i) : more[i - 7];
    }
    return CompletableFuture.supplyAsync(() -> console.run(args));
  }

  /// The first line, once everything is there.
  private static JsonNode ready(TestConsole console, CompletableFuture<Millrace> dev) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> console.out().endsWith("\n") || dev.isDone());
    assertThat(console.out()).as(() -> dev.isDone() ? dev.join().err() : "").isNotEmpty();
    return JsonMapper.shared().readTree(console.out().lines().findFirst().orElseThrow());
  }

  private static int status(JsonNode ready, String page) throws Exception {
    URI uri = URI.create("http://localhost:" + ready.get("metricsPort").asInt() + "/" + page);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
          .statusCode();
    }
  }

  /// The processes that this one has started.
  private static List<ProcessHandle> brokers() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
  }
}
