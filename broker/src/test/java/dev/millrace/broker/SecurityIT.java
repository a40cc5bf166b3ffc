package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecurityIT {
  private static final String PASSWORD = "with \"quotes\" and \\";

  @TempDir static Path folder;
  private LocalCertificate certificate;

  @BeforeAll
  void makeCertificate() {
    certificate = LocalCertificate.selfSigned(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SASL_SSL", "SASL_PLAINTEXT"})
  void letsTheUserIn(String protocol) {
    // Given
    Security security = security(protocol, PASSWORD);
    try (EmbeddedKafka kafka =
            EmbeddedKafka.start(BrokerSettings.defaults().withSecurity(security));
        PlainClients clients = new PlainClients(kafka.clientSettings());
        var producer = clients.producer(Map.of("transactional.id", "writer"))) {
      clients.createTopic("orders", 1);
      producer.initTransactions();

      // When
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("orders", "a"));
      producer.commitTransaction();

      // Then
      assertThat(kafka.clientSettings()).containsEntry("security.protocol", protocol);
      // The broker marks the end of a transaction after it has answered.
      await()
          .atMost(PlainClients.PATIENCE)
          .untilAsserted(() -> assertThat(clients.readAll("orders")).containsExactly("a"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SASL_SSL", "SASL_PLAINTEXT"})
  void refusesAWrongPassword(String protocol) {
    try (EmbeddedKafka kafka =
        EmbeddedKafka.start(BrokerSettings.defaults().withSecurity(security(protocol, PASSWORD)))) {
      // Given
      Map<String, String> wrong = new HashMap<>(kafka.clientSettings());
      wrong.putAll(security(protocol, "guessed").clientSettings());

      // When
      var problem = failureOfALogin(wrong);

      // Then
      assertThat(problem).hasCauseInstanceOf(SaslAuthenticationException.class);
    }
  }

  @Test
  void isNotTrustedWithoutItsCertificate() {
    try (EmbeddedKafka kafka =
        EmbeddedKafka.start(
            BrokerSettings.defaults().withSecurity(security("SASL_SSL", PASSWORD)))) {
      // Given
      Map<String, String> trusting = new HashMap<>(kafka.clientSettings());
      trusting.keySet().removeIf(key -> key.startsWith("ssl."));

      // When
      var problem = failureOfALogin(trusting);

      // Then
      assertThat(problem).hasCauseInstanceOf(SslAuthenticationException.class);
    }
  }

  @Test
  void takesAnotherPasswordAtTheNextStart(@TempDir Path data) throws Exception {
    // Given
    BrokerSettings settings = BrokerSettings.defaults().withDataFolder(data);
    EmbeddedKafka.start(settings.withSecurity(security("SASL_SSL", "old"))).close();

    // When
    try (EmbeddedKafka kafka =
            EmbeddedKafka.start(settings.withSecurity(security("SASL_SSL", "new")));
        PlainClients clients = new PlainClients(kafka.clientSettings())) {

      // Then it takes it as soon as it has read what it wrote down at the start
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .untilAsserted(() -> assertThat(clients.admin().listTopics().names().get()).isEmpty());
    }
  }

  private Security security(String protocol, String password) {
    return protocol.equals("SASL_SSL")
        ? Security.saslSsl("alice", password, certificate)
        : Security.saslPlaintext("alice", password);
  }

  private static ExecutionException failureOfALogin(Map<String, String> settings) {
    try (PlainClients clients = new PlainClients(settings)) {
      return catchThrowableOfType(
          ExecutionException.class, () -> clients.admin().describeCluster().clusterId().get());
    }
  }
}
