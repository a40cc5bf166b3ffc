package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.millrace.broker.BrokerException.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedKafkaIT {
  @Test
  void takesRecordsAndGivesThemBack() {
    // Given
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        PlainClients clients = new PlainClients(kafka.clientSettings())) {
      clients.createTopic("orders", 2);

      // When
      clients.produce("orders", "a", "b", "c");

      // Then
      assertThat(clients.readAll("orders")).containsExactlyInAnyOrder("a", "b", "c");
    }
  }

  @Test
  void keepsItsDataInItsFolder(@TempDir Path folder) {
    // Given
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder);
        PlainClients clients = new PlainClients(kafka.clientSettings())) {
      clients.createTopic("orders", 1);
      clients.produce("orders", "a", "b");
    }

    // When
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder);
        PlainClients clients = new PlainClients(kafka.clientSettings())) {

      // Then
      assertThat(clients.readAll("orders")).containsExactly("a", "b");
    }
  }

  @Test
  void isGoneForAWhileAndComesBackOnTheSamePort() throws IOException {
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        PlainClients clients = new PlainClients(kafka.clientSettings())) {
      // Given
      clients.createTopic("orders", 1);
      clients.produce("orders", "before");
      String bootstrap = kafka.bootstrap();
      kafka.stop();
      try (Socket socket = new Socket()) {
        assertThatCode(() -> socket.connect(new InetSocketAddress("localhost", kafka.port())))
            .isInstanceOf(IOException.class);
      }

      // When
      kafka.restart();

      // Then
      clients.produce("orders", "after");
      assertThat(clients.readAll("orders")).containsExactly("before", "after");
      assertThat(kafka.bootstrap()).isEqualTo(bootstrap);
    }
  }

  @Test
  void deletesItsTemporaryFolder() {
    // Given
    EmbeddedKafka kafka = EmbeddedKafka.start();
    Path folder = kafka.dataFolder();
    assertThat(folder).isDirectory();

    // When
    kafka.close();

    // Then
    assertThat(folder).doesNotExist();
  }

  @Test
  void createsTopicsOnFirstUseOnlyWhenTold() throws Exception {
    var automatic = BrokerSettings.defaults().withAutoCreateTopics(true);
    try (EmbeddedKafka willing = EmbeddedKafka.start(automatic);
        PlainClients ofWilling = new PlainClients(willing.clientSettings());
        EmbeddedKafka strict = EmbeddedKafka.start();
        PlainClients ofStrict = new PlainClients(strict.clientSettings());
        var refused = ofStrict.producer(Map.of("max.block.ms", "1000"))) {
      // When
      ofWilling.produce("new", "a");
      var problem =
          catchThrowableOfType(
              ExecutionException.class, () -> refused.send(new ProducerRecord<>("new", "a")).get());

      // Then
      assertThat(ofWilling.readAll("new")).containsExactly("a");
      assertThat(problem).hasMessageContaining("new");
      assertThat(ofStrict.admin().listTopics().names().get()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void servesGroupsOfBothProtocols(String protocol) {
    // Given
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        PlainClients clients = new PlainClients(kafka.clientSettings())) {
      clients.createTopic("orders", 2);
      clients.produce("orders", "a", "b");
      List<String> read = new ArrayList<>();

      // When
      try (var consumer =
          clients.consumer(Map.of("group.id", "readers", "group.protocol", protocol))) {
        consumer.subscribe(List.of("orders"));
        await()
            .atMost(PlainClients.PATIENCE)
            .until(() -> {
              consumer.poll(Duration.ofMillis(50)).forEach(each -> read.add(each.value()));
              return read.size() == 2;
            });
        consumer.commitSync();
      }

      // Then
      assertThat(read).containsExactlyInAnyOrder("a", "b");
      assertThat(clients.committed("readers")).isEqualTo(2);
    }
  }

  @Test
  void servesTransactions() {
    // Given
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        PlainClients clients = new PlainClients(kafka.clientSettings());
        var producer = clients.producer(Map.of("transactional.id", "writer"))) {
      clients.createTopic("orders", 1);
      producer.initTransactions();

      // When
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("orders", "aborted"));
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("orders", "committed"));
      producer.commitTransaction();

      // Then
      // The broker marks the end of a transaction after it has answered.
      await()
          .atMost(PlainClients.PATIENCE)
          .untilAsserted(() -> assertThat(clients.readAll("orders")).containsExactly("committed"));
    }
  }

  @Test
  void refusesAFolderThatAnotherOneUses() {
    try (EmbeddedKafka first = EmbeddedKafka.start()) {
      // When
      var problem =
          catchThrowableOfType(
              BrokerException.class, () -> EmbeddedKafka.start(first.dataFolder()));

      // Then
      assertThat(problem.kind()).isEqualTo(Kind.FOLDER_IN_USE);
      assertThat(problem).hasMessageContaining(first.dataFolder().toString());
      assertThat(new PlainClients(first.clientSettings())).satisfies(PlainClients::close);
    }
  }

  @Test
  void refusesAPortThatIsTaken(@TempDir Path folder) throws IOException {
    try (ServerSocket other = new ServerSocket()) {
      // Given
      other.bind(new InetSocketAddress("localhost", 0));
      BrokerSettings settings =
          BrokerSettings.defaults().withDataFolder(folder).withPort(other.getLocalPort());

      // When
      var problem =
          catchThrowableOfType(BrokerException.class, () -> EmbeddedKafka.start(settings));

      // Then
      assertThat(problem.kind()).isEqualTo(Kind.PORT_TAKEN);
      assertThat(problem)
          .hasMessageContaining("Port " + other.getLocalPort())
          .hasMessageContaining("choose another port");
      assertThat(folder.resolve("kafka")).isEmptyDirectory();
    }
  }

  @Test
  void refusesAFolderThatIsAFile(@TempDir Path folder) throws IOException {
    // Given
    Path file = Files.createFile(folder.resolve("file"));

    // When
    var problem = catchThrowableOfType(BrokerException.class, () -> EmbeddedKafka.start(file));

    // Then
    assertThat(problem.kind()).isEqualTo(Kind.FOLDER_UNUSABLE);
    assertThat(problem).hasMessageContaining(file.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "version=9\n", "version=1\ncluster.id=x\nnode.id=7\n", "\u0000\u0001"})
  void refusesAFolderWhoseIdentityIsDamaged(String identity, @TempDir Path folder)
      throws IOException {
    // Given
    EmbeddedKafka.start(folder).close();
    Path file = folder.resolve("kafka/meta.properties");
    Files.writeString(file, identity, StandardCharsets.UTF_8);

    // When
    var problem = catchThrowableOfType(BrokerException.class, () -> EmbeddedKafka.start(folder));

    // Then
    assertThat(problem.kind()).isEqualTo(Kind.FOLDER_UNUSABLE);
    assertThat(problem).hasMessageContaining(folder.toString());
    assertThat(file).hasContent(identity);
  }

  @Test
  void refusesAFolderWhoseIdentityIsMissing(@TempDir Path folder) throws IOException {
    // Given
    EmbeddedKafka.start(folder).close();
    Files.delete(folder.resolve("kafka/meta.properties"));

    // When
    var problem = catchThrowableOfType(BrokerException.class, () -> EmbeddedKafka.start(folder));

    // Then
    assertThat(problem.kind()).isEqualTo(Kind.FOLDER_UNUSABLE);
    assertThat(problem).hasMessageContaining("meta.properties is missing");
  }

  @Test
  void doesNotTakeTheProcessAlongWhenItsFolderVanishes(@TempDir Path folder) throws Exception {
    // Given
    EmbeddedKafka kafka = EmbeddedKafka.start(folder);
    try (PlainClients clients = new PlainClients(kafka.clientSettings())) {
      clients.createTopic("orders", 1);

      // When
      PlainClients.deleteUnderABroker(folder);
      clients.admin().createTopics(List.of(PlainClients.topic("more", 1)));
    } finally {
      kafka.close();
    }

    // Then
    try (EmbeddedKafka next = EmbeddedKafka.start();
        PlainClients clients = new PlainClients(next.clientSettings())) {
      clients.createTopic("orders", 1);
      assertThat(clients.readAll("orders")).isEmpty();
    }
  }
}
