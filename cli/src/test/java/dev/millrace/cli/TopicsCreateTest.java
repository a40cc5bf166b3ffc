package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsCreateTest {
  @Test
  void everythingWrongIsSaidBeforeTheClusterIsAsked() {
    Millrace run =
        Millrace.run(
            "topics",
            "create",
            "my topic",
            "--partitions",
            "0",
            "--replication",
            "0",
            "--set",
            "retention.mss=1",
            "--bootstrap",
            "localhost:1");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines())
        .containsExactly(
            "['my topic'] this is no name for a topic. Use up to 249 letters, digits, dots, '_'"
                + " and '-'.",
            "[--partitions] 0 is too few. A topic has at least one.",
            "[--replication] 0 is too few. There is at least one copy.",
            "[--set] a topic has no setting 'retention.mss'. Write 'retention.ms' if that is"
                + " meant.");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "", "a/b", "ä"})
  void namesThatAreNone(String name) {
    Millrace run = Millrace.run("topics", "create", name, "--bootstrap", "localhost:1");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("this is no name for a topic");
  }

  @Test
  void aDotAndAnUnderscoreAreTheSameToKafkasMetrics() {
    assertThat(TopicsCreate.collision("a.b_c", Set.of("x", "a_b.c")))
        .get()
        .hasToString(
            "[a.b_c] the topic 'a_b.c' differs only in '.' and '_', which Kafka's metrics take for"
                + " the same. Use that one, or another name.");
    assertThat(TopicsCreate.collision("a.b", Set.of("ab", "a-b"))).isEmpty();
  }
}
