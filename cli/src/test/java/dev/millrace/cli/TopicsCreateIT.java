package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicsCreateIT {
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
  void saysWhatItMade() {
    assertThat(cluster.run("topics", "create", "plain").out())
        .isEqualToIgnoringNewLines("Created plain: 1 partition, 1 copy of each record");
    assertThat(
            cluster
                .run("topics", "create", "big", "--partitions", "4", "--set", "retention.ms=1000")
                .out())
        .isEqualToIgnoringNewLines(
            "Created big: 4 partitions, 1 copy of each record, retention.ms=1000");
  }

  @Test
  void saysWhatItMadeInJson() {
    Millrace run = cluster.run("topics", "create", "json", "--partitions", "2", "--output", "json");

    assertThat(run.json().get("topic").asString()).isEqualTo("json");
    assertThat(run.json().get("partitions").asInt()).isEqualTo(2);
    assertThat(run.json().get("replication").asInt()).isEqualTo(1);
  }

  @Test
  void whatIsThereAlready() throws Exception {
    cluster.create("there", 1);

    Millrace run = cluster.run("topics", "create", "there");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("[there] there is such a topic already.");
  }

  @Test
  void whatTheClusterRefuses() {
    Millrace copies = cluster.run("topics", "create", "copied", "--replication", "3");
    Millrace value = cluster.run("topics", "create", "odd", "--set", "retention.ms=long");

    assertThat(copies.code()).isEqualTo(2);
    assertThat(copies.err())
        .contains("the cluster refuses to create it: ")
        .contains("Change --replication.");
    assertThat(value.code()).isEqualTo(2);
    assertThat(value.err())
        .contains("the cluster refuses to create it: ")
        .contains("Change --set.");
  }
}
