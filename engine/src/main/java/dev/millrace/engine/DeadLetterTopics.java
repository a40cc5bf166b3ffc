package dev.millrace.engine;

import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.call.FunctionDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates the dead-letter topics of functions.
final class DeadLetterTopics {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  private DeadLetterTopics() {}

  /// Asks for one for each topic that the function reads, and does not wait: it is needed when
  /// something fails, and a function whose topic cannot be created still runs. The brokers decide
  /// on the replication. What is in it does not expire.
  static void create(Admin admin, FunctionDefinition function) {
    List<NewTopic> wanted =
        function.topics().stream()
            .map(topic -> DeadLetter.topic(function.name(), topic))
            .filter(topic -> !function.topics().contains(topic))
            .distinct()
            .map(topic ->
                new NewTopic(topic, Optional.of(1), Optional.empty())
                    .configs(
                        Map.of(
                            "retention.ms", "-1",
                            "retention.bytes", "-1",
                            "cleanup.policy", "delete")))
            .toList();
    admin
        .createTopics(wanted)
        .values()
        .forEach((topic, created) ->
            created.whenComplete((nothing, failed) -> {
              Throwable failure =
                  failed instanceof CompletionException && failed.getCause() != null
                      ? failed.getCause()
                      : failed;
              if (failure != null && !(failure instanceof TopicExistsException)) {
                LOG.warn(
                    "[{}] the dead-letter topic '{}' could not be created: {}. The function runs;"
                        + " if the topic is not there, a message that should go to it holds up its"
                        + " partition.",
                    function.name(),
                    topic,
                    FailureText.words(failure));
              }
            }));
  }
}
