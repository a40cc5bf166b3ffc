package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.broker.BrokerException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class BrokerProcessIT {
  /// So that a test does not wait for records that nobody can take any more.
  private static final Map<String, String> IMPATIENT =
      Map.of(
          "max.block.ms", "1000",
          "request.timeout.ms", "1000",
          "delivery.timeout.ms", "2000");

  @TempDir Path folder;

  @Test
  void answersAndLeavesNoProcessBehind() throws Exception {
    // Given
    BrokerProcess broker = BrokerProcess.start(BrokerLaunch.in(folder, 0));
    try (PlainClients clients = clientsOf(broker)) {
      clients.produce("created-on-first-use", "a");
      assertThat(clients.readAll("created-on-first-use")).containsExactly("a");
    }

    // When
    broker.close();

    // Then
    assertThat(broker.exited().get(1, TimeUnit.SECONDS)).isEmpty();
    assertThat(ProcessHandle.of(broker.pid())).isEmpty();
    assertThat(folder.resolve("kafka/.kafka_cleanshutdown")).exists();
  }

  @Test
  void stopsCleanlyWhenToldByASignal() throws Exception {
    // Given
    BrokerProcess broker = BrokerProcess.start(BrokerLaunch.in(folder, 0));

    // When
    ProcessHandle.of(broker.pid()).orElseThrow().destroy();

    // Then
    assertThat(reason(broker).kind()).isEqualTo(Kind.DIED);
    assertThat(folder.resolve("kafka/.kafka_cleanshutdown")).exists();
  }

  @Test
  void leavesTheKeyboardsInterruptToItsParent() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(BrokerLaunch.in(folder, 0));
        PlainClients clients = clientsOf(broker)) {
      // When
      signal("INT", broker.pid());

      // Then
      clients.produce("orders", "a");
      assertThat(clients.readAll("orders")).containsExactly("a");
      assertThat(broker.exited()).isNotDone();
    }
  }

  @Test
  void keepsItsDataWhenKilled() throws Exception {
    // Given
    BrokerProcess killed = BrokerProcess.start(BrokerLaunch.in(folder, 0));
    try (PlainClients clients = clientsOf(killed)) {
      clients.produce("orders", "a", "b");
    }

    // When
    ProcessHandle.of(killed.pid()).orElseThrow().destroyForcibly();

    // Then
    assertThat(reason(killed)).hasMessageContaining("was killed");
    try (BrokerProcess next = BrokerProcess.start(BrokerLaunch.in(folder, killed.port()));
        PlainClients clients = clientsOf(next)) {
      assertThat(next.bootstrap()).isEqualTo(killed.bootstrap());
      assertThat(clients.readAll("orders")).containsExactly("a", "b");
    }
  }

  @Test
  void diesWithAParentThatIsKilled() throws Exception {
    // Given
    Process parent = parent("kept");

    // When
    killWithChild(parent);

    // Then
    assertThat(folder.resolve("kept/kafka/.kafka_cleanshutdown")).exists();
  }

  @Test
  void leavesNothingBehindWithAParentThatIsKilled() throws Exception {
    // Given
    Process parent = parent("ephemeral");

    // When
    killWithChild(parent);

    // Then
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void leavesNothingBehindWhenKilled() throws Exception {
    // Given
    Path data = folder.resolve("ephemeral");
    try (BrokerProcess broker = BrokerProcess.start(BrokerLaunch.in(data, 0).withoutTrace())) {
      // When
      ProcessHandle.of(broker.pid()).orElseThrow().destroyForcibly();

      // Then
      assertThat(reason(broker)).hasMessageContaining("was killed");
    }
    assertThat(data).doesNotExist();
  }

  @Test
  void startsAgainWithItsDataAndPortAfterItWasKilled() throws Exception {
    // Given
    Path data = folder.resolve("ephemeral");
    BrokerProcess killed = BrokerProcess.start(BrokerLaunch.in(data, 0).withoutTrace());
    try (PlainClients clients = clientsOf(killed)) {
      clients.produce("orders", "a", "b");
    }
    ProcessHandle.of(killed.pid()).orElseThrow().destroyForcibly();
    assertThat(reason(killed)).hasMessageContaining("was killed");
    // When
    try (BrokerProcess again = killed.again();
        PlainClients clients = clientsOf(again)) {
      // Then
      assertThat(clients.readAll("orders")).containsExactly("a", "b");
      assertThat(again.bootstrap()).isEqualTo(killed.bootstrap());
    }
    assertThat(data).doesNotExist();
  }

  @Test
  void refusesAFolderThatAnotherOneUses() {
    try (BrokerProcess first = BrokerProcess.start(BrokerLaunch.in(folder, 0))) {
      // When
      var problem = failure(BrokerLaunch.in(folder, 0));

      // Then
      assertThat(problem.kind()).isEqualTo(Kind.FOLDER_IN_USE);
      assertThat(problem).hasMessageContaining(folder.toString());
      assertThat(first.exited()).isNotDone();
    }
  }

  @Test
  void refusesAPortThatIsTaken() throws IOException {
    // Given
    try (ServerSocket other = new ServerSocket()) {
      other.bind(new InetSocketAddress("localhost", 0));

      // When
      var problem = failure(BrokerLaunch.in(folder, other.getLocalPort()));

      // Then
      assertThat(problem.kind()).isEqualTo(Kind.PORT_TAKEN);
      assertThat(problem).hasMessageContaining("Port " + other.getLocalPort());
    }
  }

  @Test
  void saysWhyItCannotStartAtAll() {
    // When
    var problem = failure(BrokerLaunch.in(folder, 0).withClassPath("nowhere"));

    // Then
    assertThat(problem.kind()).isEqualTo(Kind.DIED);
    assertThat(problem).hasMessageContaining("BrokerMain");
  }

  @Test
  void doesNotWaitForever() {
    // When
    var problem = failure(BrokerLaunch.in(folder, 0).withPatience(Duration.ofMillis(1)));

    // Then
    assertThat(problem.kind()).isEqualTo(Kind.DIED);
    assertThat(problem).hasMessageContaining("did not answer within");
  }

  @Test
  void refusesADiskThatIsNearlyFull() throws Exception {
    // Given
    try (SmallDisk disk = SmallDisk.mount(folder, 32)) {
      // When
      var problem = failure(BrokerLaunch.in(disk.folder().resolve("data"), 0));

      // Then
      assertThat(problem.kind()).isEqualTo(Kind.DISK_FULL);
      assertThat(problem)
          .hasMessageContaining("The disk is full")
          .hasMessageContaining(disk.folder().toString())
          .hasMessageContaining("Free some space");
    }
  }

  @Test
  void saysThatTheDiskIsFullAndKeepsWhatItAcknowledged() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder, 80)) {
      // Given
      Path data = disk.folder().resolve("data");
      AtomicInteger acknowledged = new AtomicInteger();
      BrokerProcess broker = BrokerProcess.start(BrokerLaunch.in(data, 0));
      try (PlainClients clients = clientsOf(broker);
          var producer = clients.producer(IMPATIENT)) {

        // When
        String large = "x".repeat(500_000);
        while (!broker.exited().isDone()) {
          producer.send(
              new ProducerRecord<>("orders", large),
              (kept, problem) -> acknowledged.addAndGet(problem == null ? 1 : 0));
        }
      }

      // Then
      BrokerException problem = reason(broker);
      assertThat(problem.kind()).isEqualTo(Kind.DISK_FULL);
      assertThat(problem)
          .hasMessageContaining("The disk is full")
          .hasMessageContaining(data.toString())
          .hasMessageContaining("Free some space");
      disk.resize(200);
      try (BrokerProcess next = BrokerProcess.start(BrokerLaunch.in(data, 0));
          PlainClients clients = clientsOf(next)) {
        assertThat(acknowledged).hasPositiveValue();
        assertThat(clients.readAll("orders")).hasSizeGreaterThanOrEqualTo(acknowledged.get());
      }
    }
  }

  @Test
  void saysThatItsFolderIsGone() throws Exception {
    // Given
    Path data = folder.resolve("data");
    BrokerProcess broker = BrokerProcess.start(BrokerLaunch.in(data, 0));
    try (PlainClients clients = clientsOf(broker)) {
      // When
      PlainClients.deleteUnderABroker(data);
      clients.admin().createTopics(List.of(PlainClients.topic("more", 1)));

      // Then
      BrokerException problem = reason(broker);
      assertThat(problem.kind()).isEqualTo(Kind.FOLDER_UNUSABLE);
      assertThat(problem).hasMessageContaining(data + " is gone");
    }
  }

  /// A parent to be killed.
  static final class Parent {
    private Parent() {}

    public static void main(String[] args) throws InterruptedException {
      BrokerLaunch launch = BrokerLaunch.in(Path.of(args[0]), 0);
      BrokerProcess broker =
          BrokerProcess.start(args[0].endsWith("ephemeral") ? launch.withoutTrace() : launch);
      System.out.println(broker.pid());
      Thread.currentThread().join();
    }
  }

  /// Its broker works in the folder of this name.
  private Process parent(String data) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Parent.class.getName(),
            folder.resolve(data).toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void killWithChild(Process parent) throws Exception {
    try (BufferedReader output = parent.inputReader(StandardCharsets.UTF_8)) {
      ProcessHandle child = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      parent.destroyForcibly().waitFor();
      child.onExit().get(30, TimeUnit.SECONDS);
    }
  }

  private static PlainClients clientsOf(BrokerProcess broker) {
    return new PlainClients(Map.of("bootstrap.servers", broker.bootstrap()));
  }

  private static BrokerException failure(BrokerLaunch launch) {
    return catchThrowableOfType(BrokerException.class, () -> BrokerProcess.start(launch).close());
  }

  private static BrokerException reason(BrokerProcess broker) throws Exception {
    return broker.exited().get(60, TimeUnit.SECONDS).orElseThrow();
  }

  private static void signal(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    assertThat(kill.waitFor()).isZero();
  }
}
