package dev.millrace.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaClientsTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);

  @Test
  void aPortWhereNothingListensIsSaidAtOnce() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    unavailable(
        "localhost:" + port,
        "no Kafka broker can be reached: nothing listens on localhost:%d. Start one here with"
                .formatted(port)
            + " 'millrace dev', or name yours with --bootstrap HOST:PORT.");
  }

  @Test
  void aHostThatDoesNotExistIsSaidAtOnce() {
    unavailable(
        "broker.invalid:9092",
        "no Kafka broker can be reached: there is no host 'broker.invalid'. Start one here with"
            + " 'millrace dev', or name yours with --bootstrap HOST:PORT.");
  }

  @Test
  void somethingThatIsNoBrokerIsSaid() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      unavailable(
          "localhost:" + socket.getLocalPort(),
          "something takes connections but does not answer as a Kafka broker would. Check the port,"
              + " the broker's health, and whether it wants TLS or a login"
              + " (kafka.security.protocol).");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "security.protocol=SSL,ssl.truststore.location=nowhere.jks => "
            + "[kafka.ssl] there is no file nowhere.jks. Change these settings.",
        "security.protocol=SSL,ssl.truststore.type=PEM,ssl.truststore.certificates=x => [kafka.ssl]"
            + " Kafka's client refuses this: No matching CERTIFICATE entries in PEM file. Change"
            + " these settings.",
        "security.protocol=SASL_SSL,sasl.mechanism=PLAIN => "
            + "[kafka.sasl.jaas.config] the settings ask for a login and have none. Set it; for"
            + " SCRAM to 'org.apache.kafka.common.security.scram.ScramLoginModule required"
            + " username=\"NAME\" password=\"${env:PASSWORD}\";'.",
        "security.protocol=SASL_SSL,sasl.mechanism=PLAIN,sasl.jaas.config=nonsense => "
            + "[kafka.sasl.jaas.config] Kafka's client refuses this: Login module control flag not"
            + " specified in JAAS config. Change these settings.",
        "security.protocol=SASL_SSL,sasl.mechanism=PLAIN,sasl.jaas.config=com.example.X required;"
            + " => [kafka.sasl.jaas.config] Kafka's client refuses this: No LoginModule found for"
            + " com.example.X. Change these settings."
      })
  void whatNoClientCanBeBuiltOfIsASetupProblem(String settings, String said) {
    Map<String, String> connection = new HashMap<>(Map.of("bootstrap.servers", "localhost:9"));
    for (String setting : settings.split(",", -1)) {
      int equals = setting.indexOf('=');
      connection.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    KafkaClients clients = new KafkaClients(connection);

    assertThatExceptionOfType(SetupException.class).isThrownBy(clients::admin).withMessage(said);
    assertThatExceptionOfType(SetupException.class).isThrownBy(clients::producer);
    assertThatExceptionOfType(SetupException.class).isThrownBy(clients::reader);
  }

  @Test
  void tellsWhatAMemberPollsAndWhatAProducerHolds() {
    KafkaClients untouched = new KafkaClients(Map.of());
    KafkaClients tuned =
        new KafkaClients(Map.of("max.poll.records", "10", "buffer.memory", "1048576"));

    assertThat(untouched.pollRecords(50_000)).isEqualTo(2_000);
    assertThat(untouched.producerMemory()).isEqualTo(33_554_432);
    assertThat(untouched.pollRecords(999)).isEqualTo(499);
    assertThat(tuned.pollRecords(50_000)).isEqualTo(10);
    assertThat(tuned.producerMemory()).isEqualTo(1_048_576);
  }

  private static void unavailable(String bootstrap, String said) {
    KafkaClients clients = new KafkaClients(Map.of("bootstrap.servers", bootstrap));

    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> clients.reach(LIMIT))
        .withMessage("[" + bootstrap + "] " + said);
  }
}
