package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.engine.settings.Start;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Topics that grow, go and come back while a function runs.
class TopicLifeIT {
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// The process is stopped meanwhile, so that it finds the new topic in the place of the old one.
  @ParameterizedTest
  @CsvSource({"consumer, 5", "classic, 5", "consumer, 200", "classic, 200"})
  void aTopicThatIsCreatedAgainIsReadFromItsBeginning(String protocol, int count) throws Exception {
    // Given a function that has read 100 records
    String name = "again-" + protocol + "-" + count;
    cluster.create(name, 1);
    cluster.create(name + "-out", 1);
    cluster.produce(name, 1, 0, 100);
    Process process = FunctionProcess.start(cluster, name, 0, Map.of("group.protocol", protocol));
    try {
      cluster.awaitDistinct(name + "-out", 100);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 100);
      // When
      signal("STOP", process);
      cluster.delete(name);
      cluster.create(name, 1);
      cluster.produce(name, 1, 1_000, 1_000 + count);
      signal("CONT", process);
      // Then
      cluster.awaitDistinct(name + "-out", 100 + count);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == count);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void signal(String name, Process process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
    assertThat(kill.waitFor(5, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void aTopicThatIsGoneIsWaitedFor(String protocol) throws Exception {
    // Given a function that starts with what comes from now on
    String name = "waited-" + protocol;
    cluster.create(name, 1);
    cluster.create(name + "-out", 1);
    cluster.produce(name, 1, 0, 10);
    try (Engine engine = cluster.engine(Map.of("group.protocol", protocol))) {
      FunctionRun run = TestFunction.named(name).from(new Start.Latest()).start(engine);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 10);
      // When
      cluster.delete(name);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.status().word() == FunctionStatus.Word.DOWN);
      String reason = run.status().reason();
      cluster.create(name, 1);
      cluster.produce(name, 1, 100, 200);
      // Then nothing of the new one is missed
      assertThat(reason).isEqualTo("the topic '" + name + "' is not there");
      cluster.awaitDistinct(name + "-out", 100);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.status().word() == FunctionStatus.Word.IDLE);
    }
  }

  @ParameterizedTest
  @CsvSource({"consumer, earliest", "classic, earliest", "consumer, latest", "classic, latest"})
  void partitionsAddedAreReadFromTheirBeginning(String protocol, String start) throws Exception {
    // Given
    String name = "grown-" + protocol + "-" + start;
    cluster.create(name, 1);
    cluster.create(name + "-out", 1);
    // Classic members look for new partitions when they refresh what they know of the cluster.
    Map<String, String> kafka = Map.of("group.protocol", protocol, "metadata.max.age.ms", "1000");
    try (Engine engine = cluster.engine(kafka)) {
      FunctionRun run =
          TestFunction.named(name).from(Start.read(start).orElseThrow()).start(engine);
      await().atMost(TestCluster.PATIENCE).until(() -> cluster.committed(name, name, 0) == 0);
      // When
      cluster.addPartitions(name, 3);
      cluster.produce(name, 3, 0, 300);
      // Then
      cluster.awaitDistinct(name + "-out", 300);
      assertThat(run.status().partitions()).isEqualTo(3);
    }
    assertThat(cluster.duplicates(name + "-out", 3, 300)).isZero();
  }

  @Test
  void anOutputTopicThatIsGoneIsWaitedFor() throws Exception {
    // Given
    String name = "homeless";
    cluster.create(name, 1);
    cluster.create(name + "-out", 1);
    cluster.produce(name, 1, 0, 10);
    try (Engine engine = cluster.engine(Map.of())) {
      FunctionRun run = TestFunction.named(name).start(engine);
      cluster.awaitDistinct(name + "-out", 10);
      // When
      cluster.delete(name + "-out");
      cluster.produce(name, 1, 10, 200);
      cluster.create(name + "-out", 1);
      // Then
      cluster.awaitDistinct(name + "-out", 190);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.status().word() == FunctionStatus.Word.IDLE);
    }
  }
}
