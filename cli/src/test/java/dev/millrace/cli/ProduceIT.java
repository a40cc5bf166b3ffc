package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.broker.BrokerSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProduceIT {
  private static ClusterFixture cluster;
  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    cluster = new ClusterFixture();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aCsvFileWithAKey() throws Exception {
    // Given
    cluster.create("sales", 1);
    Path file =
        Files.writeString(folder.resolve("sales.csv"), "id,price,zip\n7,1.50,00123\n8,,4\n");

    // When
    Millrace run = cluster.run("produce", "sales", file.toString(), "--key", "id");

    // Then
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).matches("2 records to sales in \\d+\\.\\d s \\([\\d,]+/s\\)\\R");
    assertThat(cluster.values("sales"))
        .containsExactly(
            "{\"id\":7,\"price\":1.50,\"zip\":\"00123\"}",
            "{\"id\":8,\"price\":null,\"zip\":\"4\"}");
    assertThat(cluster.records("sales"))
        .extracting(r -> ClusterFixture.text(r.key()))
        .containsExactly("7", "8");
  }

  @Test
  void aPipeWithASummaryInJson() throws Exception {
    cluster.create("piped", 3);

    Millrace run =
        cluster.runWithInput("{\"a\":1}\n{\"a\":2}\n", "produce", "piped", "-", "--output", "json");

    assertThat(run.json().get("topic").asString()).isEqualTo("piped");
    assertThat(run.json().get("records").asInt()).isEqualTo(2);
    assertThat(run.json().get("complete").asBoolean()).isTrue();
    assertThat(cluster.values("piped")).containsExactlyInAnyOrder("{\"a\":1}", "{\"a\":2}");
  }

  @Test
  void rawLines() throws Exception {
    cluster.create("lines", 1);

    Millrace run = cluster.runWithInput("{a\n\nb\n", "produce", "lines", "--format", "lines");

    assertThat(run.code()).isZero();
    assertThat(cluster.values("lines")).containsExactly("{a", "", "b");
  }

  @Test
  void aWrongLineIsNamedWithWhatWasProducedBefore() throws Exception {
    cluster.create("wrong", 1);

    Millrace run =
        cluster.runWithInput("{\"a\":1}\n{\"a\":2}\n{\"a\":\n{\"a\":4}\n", "produce", "wrong");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("[standard input:3] this line is not JSON: ")
        .endsWith("2 records were produced before it.\n");
    assertThat(cluster.values("wrong")).hasSize(2);
  }

  @Test
  void aFileThatIsWrongAnywhereIsNotBegun() throws Exception {
    cluster.create("whole", 1);
    Path file = Files.writeString(folder.resolve("a.csv"), "a,b\n1,2\n3\n");

    Millrace run = cluster.run("produce", "whole", file.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("a.csv:3]").contains("Nothing was produced before it.");
    assertThat(cluster.values("whole")).isEmpty();
  }

  @Test
  void aTopicThatIsNotThere() throws Exception {
    cluster.create("customers", 1);

    Millrace run = cluster.runWithInput("a\n", "produce", "custmers");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualToIgnoringNewLines(
            "[produce] the topic 'custmers' is not there. Write 'customers' if that is meant, or"
                + " create it with 'millrace topics create custmers'.");
  }

  @Test
  void aTopicThatIsNotThereOnADevCluster() {
    try (ClusterFixture dev =
        new ClusterFixture(BrokerSettings.defaults().withAutoCreateTopics(true))) {
      Millrace run = dev.runWithInput("a\n", "produce", "fresh");

      assertThat(run.code()).isZero();
      assertThat(run.err()).contains("[fresh] is new");
      assertThat(dev.values("fresh")).containsExactly("a");
    }
  }

  @Test
  void aRecordThatIsTooLarge() throws Exception {
    cluster.create("large", 1);

    Millrace run = cluster.runWithInput("a\n" + "x".repeat(2_000_000) + "\n", "produce", "large");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("[standard input:2] the record is too large");
  }

  @Test
  void noFasterThanTheRate() throws Exception {
    cluster.create("paced", 1);
    long start = System.nanoTime();

    Millrace run = cluster.runWithInput("a\n".repeat(11), "produce", "paced", "--rate", "20");

    assertThat(run.code()).isZero();
    assertThat(System.nanoTime() - start).isGreaterThan(500_000_000L);
    assertThat(cluster.values("paced")).hasSize(11);
  }

  @Test
  void endsWhenItIsAskedToAndSaysHowFarItCame() throws Exception {
    // Given
    cluster.create("stopped", 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PipedOutputStream writer = new PipedOutputStream();
        InputStream reader = new PipedInputStream(writer)) {
      Stop stop = new Stop();
      stop.closes(writer);
      Console console =
          new Console(
              reader,
              StandardOutput.to(out),
              new PrintStream(java.io.OutputStream.nullOutputStream()),
              false,
              false,
              Map.of(),
              stop);
      CompletableFuture<Integer> code =
          CompletableFuture.supplyAsync(
              () -> Main.run(cluster.pointed("produce", "stopped"), console));
      writer.write("one\ntwo\n".getBytes(StandardCharsets.UTF_8));
      writer.flush();
      await().until(() -> cluster.values("stopped").size() == 2);

      // When
      stop.request();

      // Then
      assertThat(code.get()).isEqualTo(75);
      assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Stopped. 2 records to stopped");
    }
  }

  @Test
  void aClusterThatGoesAwayOnTheWay() throws Exception {
    try (ClusterFixture leaving = new ClusterFixture();
        PipedOutputStream writer = new PipedOutputStream();
        InputStream reader = new PipedInputStream(writer)) {
      // Given
      leaving.create("orders", 1);
      CompletableFuture<Millrace> run =
          CompletableFuture.supplyAsync(
              () -> Millrace.runWithInput(reader, leaving.pointed("produce", "orders")));
      write(writer, "one\n");
      await().until(() -> leaving.values("orders").size() == 1);

      // When
      leaving.kafka.stop();
      write(writer, "two\n");
      writer.close();

      // Then
      assertThat(run.get().code()).isEqualTo(3);
      assertThat(run.get().err())
          .contains("[orders] 1 of 2 records sent were acknowledged.")
          .contains("the cluster did not answer in time");
    }
  }

  private static void write(PipedOutputStream pipe, String text) throws IOException {
    pipe.write(text.getBytes(StandardCharsets.UTF_8));
    pipe.flush();
  }
}
