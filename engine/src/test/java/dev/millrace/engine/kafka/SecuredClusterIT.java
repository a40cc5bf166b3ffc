package dev.millrace.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.millrace.broker.BrokerSettings;
import dev.millrace.broker.EmbeddedKafka;
import dev.millrace.broker.LocalCertificate;
import dev.millrace.broker.Security;
import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Settings files with references to secrets, tried on a real broker with SCRAM and TLS.
class SecuredClusterIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String PASSWORD = "open \"sesame\" \\ 1";
  private static final String SECURED =
      """
      bootstrap: %s
      kafka:
        security.protocol: SASL_SSL
        sasl:
          mechanism: SCRAM-SHA-512
          jaas.config: >-
            org.apache.kafka.common.security.scram.ScramLoginModule required
            username="ali" password="${env:PASSWORD}";
        ssl:
          truststore.type: PEM
          truststore.certificates: ${file:localhost.pem}
      """;

  @TempDir private static Path folder;
  private static EmbeddedKafka secured;
  private static EmbeddedKafka withLogin;
  private static EmbeddedKafka open;

  @BeforeAll
  static void start() {
    Security tls = Security.saslSsl("ali", PASSWORD, LocalCertificate.selfSigned(folder));
    secured = EmbeddedKafka.start(BrokerSettings.defaults().withSecurity(tls));
    withLogin =
        EmbeddedKafka.start(
            BrokerSettings.defaults().withSecurity(Security.saslPlaintext("ali", PASSWORD)));
    open = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    secured.close();
    withLogin.close();
    open.close();
  }

  @Test
  void aSettingsFileWithReferencesToSecretsIsEnough() throws Exception {
    KafkaClients clients = clients(SECURED.formatted(secured.bootstrap()), PASSWORD);

    ClusterFeatures features = clients.reach(LIMIT);

    assertThat(features.clusterId()).isNotBlank();
    assertThat(features.consumerProtocol()).isTrue();
    assertThat(roundTrip(clients, "secured")).containsExactly("one", "two");
  }

  @Test
  void clientsAreNotGivenSettingsThatTheyDoNotKnow() throws Exception {
    String everything =
        SECURED.formatted(secured.bootstrap())
            + """
              linger.ms: 1
              max.poll.records: 10
              client.rack: a
              client.id: team
              request.timeout.ms: 20000
              fetch.min.bytes: 1
              compression.type: zstd
            """;
    KafkaClients clients = clients(everything, PASSWORD);
    Logger logger = (Logger) LoggerFactory.getLogger("org.apache.kafka.clients");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);

    List<String> values;
    try {
      values = roundTrip(clients, "quiet");
    } finally {
      logger.detachAppender(log);
    }

    assertThat(values).containsExactly("one", "two");
    assertThat(log.list)
        .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .extracting(ILoggingEvent::getFormattedMessage)
        .isEmpty();
  }

  @Test
  void aWrongPasswordIsSaid() throws Exception {
    KafkaClients clients = clients(SECURED.formatted(secured.bootstrap()), "wrong");

    unavailable(
        clients,
        "the broker does not know this user or password. Check kafka.sasl.jaas.config and the"
            + " secret that it refers to.");
  }

  @Test
  void aMechanismThatTheBrokerDoesNotHaveIsSaid() throws Exception {
    String plain =
        SECURED
            .formatted(secured.bootstrap())
            .replace("SCRAM-SHA-512", "PLAIN")
            .replace("scram.Scram", "plain.Plain");

    unavailable(
        clients(plain, PASSWORD),
        "the broker does not know this way to log in: Client SASL mechanism 'PLAIN' not enabled in"
            + " the server, enabled mechanisms are [SCRAM-SHA-512]. Set kafka.sasl.mechanism to one"
            + " that it knows.");
  }

  @Test
  void aPlainClientAtATlsPortIsSaid() throws Exception {
    unavailable(
        clients("bootstrap: " + secured.bootstrap(), ""),
        "the broker speaks TLS, the settings do not. Set kafka.security.protocol to SSL, or to"
            + " SASL_SSL if the broker wants a login, and kafka.ssl.truststore.* to the authority"
            + " of its certificate.");
  }

  @Test
  void aTlsClientAtAPlainPortIsSaid() throws Exception {
    unavailable(
        clients("bootstrap: %s\nkafka.security.protocol: SSL".formatted(open.bootstrap()), ""),
        "the broker does not speak TLS on this port, the settings do. Use its port for TLS, or set"
            + " kafka.security.protocol to PLAINTEXT, or to SASL_PLAINTEXT if the broker wants a"
            + " login.");
  }

  @Test
  void aCertificateThatIsNotTrustedIsSaid() throws Exception {
    String text = SECURED.formatted(secured.bootstrap());
    String withoutTruststore = text.substring(0, text.indexOf("  ssl:"));

    unavailable(
        clients(withoutTruststore, PASSWORD),
        "the broker's certificate is from an authority that is not trusted. Name the authority:"
            + " kafka.ssl.truststore.type: PEM and kafka.ssl.truststore.location: FILE.");
  }

  @Test
  void aClientWithoutLoginAtAPortWithLoginIsSaid() throws Exception {
    unavailable(
        clients("bootstrap: " + withLogin.bootstrap(), ""),
        "something takes connections but does not answer as a Kafka broker would. Check the port,"
            + " the broker's health, and whether it wants TLS or a login"
            + " (kafka.security.protocol).");
  }

  @Test
  void aLoginAtAnOpenPortIsSaid() throws Exception {
    String inClear = SECURED.formatted(open.bootstrap()).replace("SASL_SSL", "SASL_PLAINTEXT");

    unavailable(
        clients(inClear, PASSWORD),
        "the broker wants no login on this port, the settings have one. Use its port with login, or"
            + " set kafka.security.protocol to PLAINTEXT (SSL where it speaks TLS).");
  }

  private static void unavailable(KafkaClients clients, String said) {
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> clients.reach(LIMIT))
        .withMessage("[" + clients.bootstrap() + "] " + said);
  }

  private static List<String> roundTrip(KafkaClients clients, String topic)
      throws ExecutionException, InterruptedException {
    try (Topics topics = clients.topics()) {
      topics.create(topic, Optional.of(1), Optional.empty(), Map.of());
    }
    try (Producer<byte[], byte[]> producer = clients.producer()) {
      producer.send(new ProducerRecord<>(topic, "one".getBytes(StandardCharsets.UTF_8))).get();
      producer.send(new ProducerRecord<>(topic, "two".getBytes(StandardCharsets.UTF_8))).get();
    }
    List<String> values = new ArrayList<>();
    try (Consumer<byte[], byte[]> member =
        clients.member("group", "slot-1", clients.reach(LIMIT), 500)) {
      member.subscribe(List.of(topic), new FromTheBeginning(member));
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> {
            member
                .poll(Duration.ofMillis(200))
                .forEach(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
            return values.size() >= 2;
          });
    }
    return values;
  }

  private static KafkaClients clients(String yaml, String password) throws IOException {
    Path file = Files.createTempFile(folder, "millrace", ".yaml");
    Files.writeString(file, yaml);
    Settings settings =
        Settings.load(
            new SettingsSources(
                Optional.empty(),
                Optional.of(file),
                Map.of("PASSWORD", password),
                Map.of(),
                List.of()));
    return new KafkaClients(settings.connection());
  }
}
