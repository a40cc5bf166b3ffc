package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.cli.files.FilesRead;
import dev.millrace.cli.live.LiveFunctions;
import dev.millrace.cli.live.Reload;
import dev.millrace.cli.live.Version;
import dev.millrace.engine.call.FunctionScanner.Declared;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Going over to what was saved where the cluster or running calls stand in the way.
@Timeout(120)
class ReloadIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static ClusterFixture fixture;

  @TempDir private Path folder;

  private final List<String> said = new CopyOnWriteArrayList<>();
  private Path file;
  private Path settings;
  private Console console;
  private DevFiles author;
  private Cluster cluster;
  private RunningFunctions running;
  private LiveFunctions live;

  @BeforeAll
  static void startBroker() throws Exception {
    fixture = new ClusterFixture();
    for (String topic : List.of("a.in", "b.in")) {
      fixture.create(topic, 1);
    }
  }

  @AfterAll
  static void stopBroker() {
    fixture.close();
  }

  @BeforeEach
  void start() throws Exception {
    Path code = Files.createDirectory(folder.resolve("code"));
    file = Files.writeString(code.resolve("A.java"), function("A", "a", ""));
    settings = Files.writeString(folder.resolve("millrace.yaml"), "drain-on-stop: 0ms\n");
    console =
        new Console(
            InputStream.nullInputStream(),
            StandardOutput.to(OutputStream.nullOutputStream()),
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            false,
            false,
            Map.of("MILLRACE_CACHE", folder.resolve("cache").toString()),
            new Stop());
    CommonOptions common = new CommonOptions(console);
    common.config = settings;
    author = new DevFiles(List.of(code), Map.of(), common);
    Version version = author.read(console, new FilesRead());
    cluster = Cluster.connect(new KafkaClients(fixture.kafka.clientSettings()));
    running =
        RunningFunctions.prepare(
            version.functions(), version.plugins(), version.settings(), cluster);
    running.start();
    live = LiveFunctions.ofDev(running.engine(), version);
  }

  @AfterEach
  void stop() {
    live.close();
    running.close();
    cluster.close();
  }

  @Test
  void whatWasTakenHalfIsFinished() throws Exception {
    // Given a cluster that goes away when the first function has its new code
    AtomicBoolean away = new AtomicBoolean(true);
    Consumer<String> say =
        line -> {
          said.add(line);
          if (line.contains("new code") && away.getAndSet(false)) {
            throw gone();
          }
        };
    try (Reload reload = new Reload(author.watched(console), live, topics -> {}, say)) {
      // When
      String two = function("A", "a", "").replaceFirst("}\\s*$", method("b", "") + "}\n");
      Files.writeString(file, two);
      // Then
      said("[b] b.in has started.");
      assertThat(said)
          .containsSequence(
              "[a] new code from the next call on.",
              "A.java waits for the broker: topics may have to be created.",
              "[b] b.in has started.");
    }
  }

  @Test
  void settingsHoldAtOnceWhileCodeWaitsForTheBroker() throws Exception {
    // Given
    AtomicBoolean away = new AtomicBoolean(true);
    Consumer<List<Declared>> topics =
        declared -> {
          if (away.get()) {
            throw gone();
          }
        };
    try (Reload reload = new Reload(author.watched(console), live, topics, said::add)) {
      Files.writeString(file, function("A", "a", "System.out.print(\"\");"));
      said("A.java waits for the broker: topics may have to be created.");
      // When
      Files.writeString(settings, "batch-size: 7\n");
      // Then
      said("[a] batch-size: 500 -> 7 (" + settings + ":1).");
      assertThat(batchSize()).isEqualTo(7);
      away.set(false);
      said("[a] new code from the next call on.");
      assertThat(batchSize()).isEqualTo(7);
    }
  }

  @Test
  void whatIsRefusedAtTheEndIsClosed() throws Exception {
    // Given
    Path closed = folder.resolve("closed");
    Consumer<List<Declared>> topics =
        declared -> {
          throw new SetupException("a.in", "is no name", "Choose another");
        };
    try (Reload reload = new Reload(author.watched(console), live, topics, said::add)) {
      // When
      Files.writeString(file, closing(closed, ""));
      // Then
      said("[a.in] is no name. Choose another.");
      await().atMost(PATIENCE).until(() -> Files.exists(closed));
    }
  }

  @Test
  void codeIsNotClosedUnderACallThatDidNotEndInTime() throws Exception {
    // Given
    Path begun = folder.resolve("begun");
    Path go = folder.resolve("go");
    Path done = folder.resolve("done");
    Path closed = folder.resolve("closed");
    try (Reload reload = new Reload(author.watched(console), live, topics -> {}, said::add)) {
      Files.writeString(
          file,
          closing(
              closed,
              """
              Files.writeString(Path.of("%s"), "");
              while (!Files.exists(Path.of("%s"))) {
                try { Thread.sleep(10); } catch (InterruptedException e) { continue; }
              }
              Files.writeString(Path.of("%s"), "closed: " + Files.exists(Path.of("%s")));
              """
                  .formatted(begun, go, done, closed)));
      said("[a] new code from the next call on.");
      fixture.send("a.in", 0, null, "\"record\"");
      await().atMost(PATIENCE).until(() -> Files.exists(begun));
      // When
      Files.writeString(file, function("A", "b", ""));
      said("[a] is gone, and has ended. Not everything under way was finished in time");
      said("[b] b.in has started.");
      Files.writeString(file, function("A", "b", "System.out.print(\"\");"));
      said("[b] new code from the next call on.");
      Files.writeString(go, "");
      // Then
      await().atMost(PATIENCE).until(() -> Files.exists(closed));
      assertThat(done).hasContent("closed: false");
    }
  }

  private int batchSize() {
    return running.engine().runs().getFirst().settings().batchSize();
  }

  private void said(String line) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(said).anyMatch(one -> one.startsWith(line)));
  }

  private static UnavailableException gone() {
    return new UnavailableException(new Problem("cluster", "is away", "Wait"), null);
  }

  private static String closing(Path closed, String body) {
    return function("A", "a", body)
        .replace("class A {", "class A implements AutoCloseable {")
        .replaceFirst(
            "}\\s*$",
            "public void close() throws Exception { Files.writeString(Path.of(\""
                + closed
                + "\"), \"\"); }\n}\n");
  }

  private static String function(String type, String name, String body) {
    return """
    import dev.millrace.KafkaFunction;
    import java.nio.file.*;
    import java.util.List;

    public class %s {
      %s
    }
    """
        .formatted(type, method(name, body));
  }

  private static String method(String name, String body) {
    return """
    @KafkaFunction(name = "%s", topics = "%s.in")
    public void %s(List<String> records) throws Exception {
      %s
    }
    """
        .formatted(name, name, name, body);
  }
}
