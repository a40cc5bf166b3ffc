package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TopicsShowIT {
  private static ClusterFixture cluster;

  @BeforeAll
  static void start() {
    cluster = new ClusterFixture();
    cluster.run("topics", "create", "orders", "--partitions", "2", "--set", "retention.ms=60000");
    cluster.send("orders", 0, null, "a");
    cluster.send("orders", 1, null, "b");
    cluster.send("orders", 1, null, "c");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void forPeople() {
    Millrace run = cluster.run("topics", "show", "orders");

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("orders: 3 messages, 3 in the last minute, newest 2")
        .contains("Settings: retention.ms=60000\n")
        .contains(
            """
            PARTITION  LEADER  REPLICAS  IN SYNC  FIRST  END  MESSAGES
                    0       1  [1]       [1]          0    1         1
                    1       1  [1]       [1]          0    2         2
            """)
        .endsWith("Nobody reads it in a group.\n");
  }

  @Test
  void forPrograms() {
    JsonNode topic = cluster.run("topics", "show", "orders", "--output", "json").json();

    assertThat(topic.get("messages").asInt()).isEqualTo(3);
    assertThat(topic.get("settings").get("retention.ms").asString()).isEqualTo("60000");
    assertThat(topic.get("partitions").get(1).get("end").asInt()).isEqualTo(2);
    assertThat(Instant.parse(topic.get("lastRecord").asString())).isBefore(Instant.now());
    assertThat(topic.get("consumers")).isEmpty();
  }

  @Test
  void aTopicThatIsNotThere() {
    Millrace run = cluster.run("topics", "show", "ordres");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("Write 'orders' if that is meant");
  }

  @Test
  void theFieldsOfItsMessages() {
    // Given
    cluster.run("topics", "create", "inferred");
    cluster.send("inferred", 0, null, "{\"id\": 0, \"note\": \"old\"}");
    cluster.send("inferred", 0, null, "{\"id\": 1, \"note\": null, \"in\": [{\"a\": true}]}");
    cluster.send("inferred", 0, null, "{\"id\": 2.5}");
    // When
    Millrace run = cluster.run("topics", "show", "inferred", "--infer", "--last", "2");
    // Then
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo(
            """
            inferred: of the newest 2 messages 2 are JSON (object), 0 are not, 0 are tombstones

            FIELD    TYPE            NULL    MISSING  SAMPLES
            /id      number          0.0 %   0.0 %    1, 2.5
            /note    null            50.0 %  50.0 %
            /in      list of object  0.0 %   50.0 %   [{"a":true}]
            /in/*/a  boolean         0.0 %   0.0 %    true
            """);
    JsonNode fields =
        cluster.run("topics", "show", "inferred", "--infer", "--output", "json").json();
    assertThat(fields.get("json").asInt()).isEqualTo(3);
    assertThat(fields.get("type").asString()).isEqualTo("object");
    JsonNode id = fields.get("fields").get(0);
    assertThat(id.get("path").asString()).isEqualTo("/id");
    assertThat(id.get("types").get("whole number").asInt()).isEqualTo(2);
    assertThat(id.get("nullable").asBoolean()).isFalse();
  }

  @Test
  void howManyMessagesIsForTheFieldsOnly() {
    Millrace run = cluster.run("topics", "show", "orders", "--last", "2");

    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("[--last] says how many messages --infer reads. Add --infer.");
  }
}
