package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.engine.plugin.DirectDelivery;
import dev.millrace.plugin.Delivery;
import dev.millrace.plugin.Outgoing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A broker that goes and comes back.
class BrokerGoneIT {
  private static final int BOUND = 2_000;

  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// With either protocol, while records flow and while there is nothing to do: one outage for all.
  @Test
  void functionsGoOnWhenTheBrokerIsBack() throws Exception {
    // Given
    List<FunctionRun> runs = new ArrayList<>();
    try (Engine newer = engine("consumer");
        Engine older = engine("classic");
        CapturedLog log = new CapturedLog()) {
      for (Engine engine : List.of(newer, older)) {
        String protocol = engine == newer ? "consumer" : "classic";
        for (String kind : List.of("idle-", "flowing-")) {
          String name = kind + protocol;
          int count = kind.equals("idle-") ? 10 : 6_000;
          cluster.create(name, 2);
          cluster.create(name + "-out", 1);
          cluster.produce(name, 2, 0, count);
          TestFunction.on(name, message -> Thread.sleep(1));
          runs.add(TestFunction.named(name).start(engine));
        }
      }
      cluster.awaitDistinct("idle-consumer-out", 10);
      cluster.awaitDistinct("idle-classic-out", 10);
      // When
      cluster.kafka.stop();
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> words(runs).equals(Set.of(FunctionStatus.Word.DOWN)));
      assertThat(newer.notReady()).isPresent();
      assertThat(newer.dead()).isEmpty();
      cluster.kafka.restart();
      // Then
      cluster.produce("idle-consumer", 2, 10, 20);
      cluster.produce("idle-classic", 2, 10, 20);
      cluster.awaitDistinct("idle-consumer-out", 20);
      cluster.awaitDistinct("idle-classic-out", 20);
      cluster.awaitDistinct("flowing-consumer-out", 6_000);
      cluster.awaitDistinct("flowing-classic-out", 6_000);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> words(runs).equals(Set.of(FunctionStatus.Word.IDLE)));
      assertThat(newer.notReady()).isEmpty();
      assertThat(log.lines()).filteredOn(line -> line.contains("The cluster ")).hasSize(4);
      assertThat(log.lines())
          .filteredOn(line -> line.contains("a commit did not get through"))
          .hasSizeLessThanOrEqualTo(runs.size());
    }
    assertThat(cluster.duplicates("flowing-consumer-out", 2, 6_000)).isLessThanOrEqualTo(BOUND);
    assertThat(cluster.duplicates("flowing-classic-out", 2, 6_000)).isLessThanOrEqualTo(BOUND);
  }

  private static Engine engine(String protocol) {
    return cluster.engine(Map.of("group.protocol", protocol), Duration.ofSeconds(1));
  }

  private static Set<FunctionStatus.Word> words(List<FunctionRun> runs) {
    return runs.stream().map(run -> run.status().word()).collect(Collectors.toSet());
  }

  /// Millrace's own delivery, until it is fenced: then each of its producers that is open fails for
  /// good, as one does that the cluster does not know any more.
  private static final class Fenced implements Delivery {
    private final DirectDelivery direct = new DirectDelivery();
    private final AtomicInteger opened = new AtomicInteger();
    private volatile int fenced;

    @Override
    public String name() {
      return "fenced";
    }

    @Override
    public Sender open(Map<String, String> kafka) {
      int number = opened.incrementAndGet();
      Sender sender = direct.open(kafka);
      return new Sender() {
        @Override
        public void send(List<? extends Outgoing> outputs, Receipt receipt) {
          if (number <= fenced) {
            receipt.failed(new ProducerFencedException("fenced for good"));
          } else {
            sender.send(outputs, receipt);
          }
        }

        @Override
        public void close(Duration patience) {
          sender.close(patience);
        }
      };
    }

    void fence() {
      fenced = opened.get();
    }
  }

  @Test
  void clientsAreReplacedDuringAnOutageToo() throws Exception {
    // Given
    String name = "rebuilt";
    int count = 6_000;
    cluster.createWithOutput(name, 2);
    cluster.produce(name, 2, 0, count);
    TestFunction.on(name, message -> Thread.sleep(1));
    Fenced delivery = new Fenced();
    try (Engine engine = cluster.engine(delivery);
        CapturedLog log = new CapturedLog()) {
      FunctionRun run = TestFunction.named(name).start(engine);
      await().atMost(TestCluster.PATIENCE).until(() -> run.lastOutput().isPresent());
      // When the producer is fenced while there is no broker
      cluster.kafka.stop();
      delivery.fence();
      await().atMost(TestCluster.PATIENCE).until(() -> delivery.opened.get() > 1);
      assertThat(run.defect()).isEmpty();
      cluster.kafka.restart();
      // Then
      cluster.awaitDistinct(name + "-out", count);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> run.status().word() == FunctionStatus.Word.IDLE);
      assertThat(log.lines()).anyMatch(line -> line.contains("fenced for good"));
      assertThat(log.lines()).noneMatch(line -> line.startsWith("ERROR"));
    }
    assertThat(cluster.duplicates(name + "-out", 2, count)).isLessThanOrEqualTo(BOUND);
  }
}
