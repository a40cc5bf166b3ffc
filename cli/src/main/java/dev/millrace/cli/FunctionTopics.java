package dev.millrace.cli;

import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.OutputTopic;
import dev.millrace.engine.kafka.Topics;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The topics that functions read and write.
final class FunctionTopics {
  private FunctionTopics() {}

  /// Refuses with every topic that is missing, and the command that creates it.
  static void require(Topics topics, List<FunctionDefinition> definitions) {
    List<Problem> problems = new ArrayList<>();
    for (FunctionDefinition definition : definitions) {
      problems.addAll(topics.missing(definition.name(), names(List.of(definition))));
    }
    if (!problems.isEmpty()) {
      throw new SetupException(problems);
    }
  }

  /// Creates those that are missing, with the broker's defaults.
  ///
  /// @return the created ones
  static List<String> create(Topics topics, List<FunctionDefinition> definitions) {
    Set<String> missing = names(definitions);
    missing.removeAll(topics.names(true));
    for (String topic : missing) {
      topics.create(topic, Optional.empty(), Optional.empty(), Map.of());
    }
    return List.copyOf(missing);
  }

  private static Set<String> names(List<FunctionDefinition> definitions) {
    Set<String> names = new LinkedHashSet<>();
    for (FunctionDefinition definition : definitions) {
      names.addAll(definition.topics());
      definition.outputs().stream().map(OutputTopic::topic).forEach(names::add);
    }
    return names;
  }
}
