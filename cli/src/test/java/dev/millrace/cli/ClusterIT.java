package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.BrokerSettings;
import dev.millrace.broker.Security;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ClusterIT {
  @ParameterizedTest
  @ValueSource(
      strings = {"produce t", "consume t", "topics list", "topics show t", "topics create t"})
  void nobodyListens(String command) throws IOException {
    Millrace run = Millrace.run((command + " --bootstrap localhost:" + freePort()).split(" "));

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err())
        .contains("no Kafka broker can be reached: nothing listens on localhost:")
        .contains("Start one here with 'millrace dev'")
        .hasLineCount(1);
  }

  @Test
  void somethingElseListens() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Millrace run =
          Millrace.run("topics", "list", "--bootstrap", "localhost:" + silent.getLocalPort());

      assertThat(run.code()).isEqualTo(3);
      assertThat(run.err())
          .contains("something takes connections but does not answer as a Kafka broker would")
          .hasLineCount(1);
    }
  }

  @Test
  void noSuchHost() {
    Millrace run = Millrace.run("topics", "list", "--bootstrap", "nowhere.invalid:9092");

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err())
        .contains("[nowhere.invalid:9092]")
        .contains("there is no host 'nowhere.invalid'");
  }

  @Test
  void noAddress() {
    Millrace run = Millrace.run("topics", "list", "--bootstrap", "nowhere", "-K", "acks=0");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("[--bootstrap] 'nowhere' is not host:port").contains("'acks'");
  }

  @Test
  void errorsAreJsonWhereJsonIsAskedFor() throws IOException {
    Millrace run =
        Millrace.run(
            "topics", "list", "--bootstrap", "localhost:" + freePort(), "--output", "json");

    var error = JsonMapper.shared().readTree(run.err());
    assertThat(error.get("error").asString()).isEqualTo("unavailable");
    assertThat(error.get("exitCode").asInt()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aLoginIsAskedFor() {
    try (ClusterFixture cluster =
        new ClusterFixture(
            BrokerSettings.defaults().withSecurity(Security.saslPlaintext("ann", "secret")))) {
      // When
      Millrace right = cluster.run(login("topics create orders", "secret"));
      Millrace wrong = cluster.run(login("topics list", "guess"));

      // Then
      assertThat(right.err()).isEmpty();
      assertThat(right.code()).isZero();
      assertThat(wrong.code()).isEqualTo(3);
      assertThat(wrong.err())
          .contains("the broker does not know this user or password")
          .doesNotContain("guess")
          .hasLineCount(1);
    }
  }

  private static String[] login(String command, String password) {
    List<String> args = new ArrayList<>(List.of(command.split(" ")));
    args.addAll(
        List.of(
            "-K",
            "security.protocol=SASL_PLAINTEXT",
            "-K",
            "sasl.mechanism=SCRAM-SHA-512",
            "-K",
            "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required"
                + " username=\"ann\" password=\""
                + password
                + "\";"));
    return args.toArray(String[]::new);
  }

  @Test
  void verboseTellsTheSettingsAndWhereTheyComeFrom() throws IOException {
    String address = "localhost:" + freePort();

    Millrace run = Millrace.run("topics", "list", "--verbose", "--bootstrap", address);

    assertThat(run.err()).containsPattern("bootstrap +" + address + " +--bootstrap");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
