package dev.millrace.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.broker.EmbeddedKafka;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OpenClusterIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void createsDescribesAndListsTopics() throws Exception {
    KafkaClients clients = clients(Map.of());
    try (Topics topics = clients.topics()) {
      topics.create(
          "orders", Optional.of(2), Optional.of((short) 1), Map.of("retention.ms", "60000"));
      try (Producer<byte[], byte[]> producer = clients.producer()) {
        producer.send(new ProducerRecord<>("orders", 1, null, bytes("a"))).get();
      }

      Topics.Topic orders = topics.describe("orders");

      assertThat(orders.partitions())
          .containsExactly(
              new Topics.Partition(0, Optional.of(1), List.of(1), List.of(1), 0, 0),
              new Topics.Partition(1, Optional.of(1), List.of(1), List.of(1), 0, 1));
      assertThat(orders.offsets()).isEqualTo(1);
      assertThat(orders.internal()).isFalse();
      assertThat(orders.config()).containsEntry("retention.ms", "60000");
      assertThat(orders.configured()).containsExactly("retention.ms");
      assertThat(topics.names(false)).contains("orders").doesNotContain("__consumer_offsets");
      assertThat(topics.exists("orders")).isTrue();
      assertThat(topics.exists("order")).isFalse();
    }
  }

  @Test
  void saysWhichTopicsAreMissing() {
    try (Topics topics = clients(Map.of()).topics()) {
      topics.create("payments", Optional.of(1), Optional.empty(), Map.of());

      List<Problem> missing = topics.missing("score", List.of("paymets", "payments", "weather"));

      assertThat(missing)
          .extracting(Problem::toString)
          .containsExactly(
              "[score] the topic 'paymets' is not there. Write 'payments' if that is meant, or"
                  + " create it with 'millrace topics create paymets'.",
              "[score] the topic 'weather' is not there. Create it with 'millrace topics create"
                  + " weather'.");
      assertThatExceptionOfType(SetupException.class)
          .isThrownBy(() -> topics.describe("weather"))
          .withMessage(
              "[weather] there is no such topic. Create it with 'millrace topics create weather'.");
    }
  }

  @Test
  void saysWhyATopicCannotBeCreated() {
    try (Topics topics = clients(Map.of()).topics()) {
      topics.create("twice", Optional.empty(), Optional.empty(), Map.of());

      refused(
          topics,
          "twice",
          "[twice] there is such a topic already. Look at it with 'millrace topics show twice'.");
      refused(
          topics,
          "a b",
          "[a b] this cannot be a topic's name. Use up to 249 letters, digits, '.', '_' and '-'.");
      assertThatExceptionOfType(SetupException.class)
          .isThrownBy(
              () -> topics.create("three", Optional.of(1), Optional.of((short) 3), Map.of()))
          .withMessageStartingWith("[three] the cluster refuses to create it: ")
          .withMessageEndingWith(" Change --replication.");
    }
  }

  @Test
  void aMemberUsesTheOldGroupProtocolWhereItIsSet() throws Exception {
    KafkaClients clients = clients(Map.of("group.protocol", "classic"));

    assertThat(protocolOfAMember(clients, "set")).isEqualTo(GroupType.CLASSIC);
  }

  @Test
  void aMemberUsesTheNewGroupProtocolWhereTheClusterHasIt() throws Exception {
    assertThat(protocolOfAMember(clients(Map.of()), "new")).isEqualTo(GroupType.CONSUMER);
  }

  @Test
  void aMemberUsesTheOldGroupProtocolOnAClusterThatHasNoOther() throws Exception {
    try (EmbeddedKafka older = EmbeddedKafka.start()) {
      KafkaClients clients = new KafkaClients(older.clientSettings());
      try (Admin admin = clients.admin()) {
        admin
            .updateFeatures(
                Map.of(
                    "group.version",
                    new FeatureUpdate((short) 0, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE)),
                new UpdateFeaturesOptions())
            .all()
            .get();
      }
      Awaitility.await().until(() -> !clients.reach(LIMIT).consumerProtocol());

      assertThat(protocolOfAMember(clients, "old")).isEqualTo(GroupType.CLASSIC);
    }
  }

  private static GroupType protocolOfAMember(KafkaClients clients, String name) throws Exception {
    try (Topics topics = clients.topics()) {
      topics.create(name, Optional.of(1), Optional.empty(), Map.of());
    }
    try (Consumer<byte[], byte[]> member = clients.member(name, name, clients.reach(LIMIT), 500);
        Admin admin = clients.admin()) {
      member.subscribe(List.of(name), new FromTheBeginning(member));
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> {
            member.poll(Duration.ofMillis(100));
            return !member.assignment().isEmpty();
          });
      return admin.listGroups().all().get().stream()
          .filter(group -> group.groupId().equals(name))
          .findFirst()
          .orElseThrow()
          .type()
          .orElseThrow();
    }
  }

  private static void refused(Topics topics, String name, String said) {
    assertThatExceptionOfType(SetupException.class)
        .isThrownBy(() -> topics.create(name, Optional.of(1), Optional.empty(), Map.of()))
        .withMessage(said);
  }

  private static KafkaClients clients(Map<String, String> more) {
    Map<String, String> connection = new HashMap<>(kafka.clientSettings());
    connection.putAll(more);
    return new KafkaClients(connection);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
