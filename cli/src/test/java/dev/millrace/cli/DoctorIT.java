package dev.millrace.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DoctorIT {
  private static ClusterFixture cluster;

  @BeforeAll
  static void start() {
    cluster = new ClusterFixture();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void findsTheMachineAndTheCluster() {
    // When
    Millrace run = cluster.run("doctor", "--output", "json");

    // Then
    assertThat(run.code()).isZero();
    Map<String, JsonNode> findings =
        run.jsonLines()
            .getFirst()
            .get("findings")
            .valueStream()
            .collect(Collectors.toMap(one -> one.get("check").asString(), one -> one));
    assertThat(findings)
        .containsKeys(
            "java",
            "port 9092",
            "port 8081",
            "port 8080",
            "disk",
            "data",
            "cache",
            "python",
            "settings");
    assertThat(requireNonNull(findings.get("cluster")).get("level").asString()).isEqualTo("ok");
    assertThat(requireNonNull(findings.get("cluster")).get("what").asString())
        .contains("answers", "with the new consumer protocol");
  }

  @Test
  void aClusterThatIsNamedAndDoesNotAnswerIsBad() {
    // When
    Millrace run = Millrace.run("doctor", "--bootstrap", "localhost:1");

    // Then
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out()).containsPattern("(?m)^bad   cluster    \\[localhost:1] no Kafka broker");
  }

  @Test
  void settingsThatAreWrongAreBad() {
    // When
    Millrace run = cluster.run("doctor", "--kafka", "linger.sm=5");

    // Then
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out()).containsPattern("(?m)^bad   settings   .*linger.sm");
  }
}
