package dev.millrace.broker;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.BrokerServer;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfigCollection;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.controller.Controller;
import org.apache.kafka.controller.ControllerRequestContext;

/// What a broker is told before anybody connects, straight to its controller: the user who may log
/// in, and the internal topics, whose creation on first use costs the first group and the first
/// transaction about a second.
final class FirstRecords {
  private static final int ITERATIONS = 4096;
  private static final long TIMEOUT_SECONDS = 30;

  private final Controller controller;

  FirstRecords(Controller controller) {
    this.controller = controller;
  }

  /// Creates the user, or changes the password.
  void user(Security security) {
    try {
      ScramFormatter formatter = new ScramFormatter(ScramMechanism.SCRAM_SHA_512);
      byte[] salt = formatter.secureRandomBytes();
      byte[] salted = formatter.saltedPassword(security.password(), salt, ITERATIONS);
      var user =
          new ScramCredentialUpsertion()
              .setName(security.user())
              .setMechanism(org.apache.kafka.clients.admin.ScramMechanism.SCRAM_SHA_512.type())
              .setIterations(ITERATIONS)
              .setSalt(salt)
              .setSaltedPassword(salted);
      var response =
          await(
              controller.alterUserScramCredentials(
                  context(),
                  new AlterUserScramCredentialsRequestData().setUpsertions(List.of(user))));
      response.results().forEach(result -> check(result.errorCode(), result.errorMessage()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + Security.MECHANISM, e);
    }
  }

  /// Creates the topics of groups and transactions where they do not exist.
  void internalTopics(BrokerServer broker) {
    Map<String, Properties> configs =
        Map.of(
            Topic.GROUP_METADATA_TOPIC_NAME, broker.groupCoordinator().groupMetadataTopicConfigs(),
            Topic.TRANSACTION_STATE_TOPIC_NAME,
                broker.transactionCoordinator().transactionTopicConfigs());
    CreatableTopicCollection topics = new CreatableTopicCollection();
    configs.forEach((name, config) -> topics.add(topic(name, config)));
    var response =
        await(
            controller.createTopics(
                context(), new CreateTopicsRequestData().setTopics(topics), Set.of(), false));
    response.topics().stream()
        .filter(topic -> topic.errorCode() != Errors.TOPIC_ALREADY_EXISTS.code())
        .forEach(topic -> check(topic.errorCode(), topic.errorMessage()));
  }

  private static CreatableTopic topic(String name, Properties config) {
    CreatableTopicConfigCollection entries = new CreatableTopicConfigCollection();
    config.forEach((key, value) ->
        entries.add(new CreatableTopicConfig().setName(key.toString()).setValue(value.toString())));
    return new CreatableTopic()
        .setName(name)
        .setNumPartitions(1)
        .setReplicationFactor((short) 1)
        .setConfigs(entries);
  }

  private static ControllerRequestContext context() {
    return new ControllerRequestContext(
        new RequestHeaderData(), KafkaPrincipal.ANONYMOUS, OptionalLong.empty());
  }

  private static void check(short errorCode, String message) {
    Errors error = Errors.forCode(errorCode);
    if (error != Errors.NONE) {
      throw error.exception(message);
    }
  }

  private static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the controller did not do as it was told", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the broker starts", e);
    }
  }
}
