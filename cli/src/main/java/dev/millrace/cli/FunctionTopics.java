package dev.millrace.cli;

import dev.millrace.engine.call.FunctionScanner.Declared;
import dev.millrace.engine.kafka.Topics;
import dev.millrace.engine.kafka.Topics.Topic;
import dev.millrace.engine.problem.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The topics that functions read and write.
final class FunctionTopics {
  /// The most partitions that a sentence lists.
  private static final int LISTED = 10;

  private FunctionTopics() {}

  /// Every topic that is missing, with the command that creates it.
  static List<Problem> missing(Topics topics, List<Declared> functions) {
    List<Problem> problems = new ArrayList<>();
    for (Declared function : functions) {
      problems.addAll(topics.missing(function.name(), names(List.of(function))));
    }
    return problems;
  }

  /// The functions for which nothing is at this offset or behind it, and will not be written by
  /// another one of them.
  static List<Problem> ended(Topics topics, List<Declared> functions, long offset) {
    Set<String> there = topics.names(true);
    functions.forEach(function -> there.removeAll(function.outputs()));
    List<Problem> problems = new ArrayList<>();
    for (Declared function : functions) {
      List<String> inputs = function.inputs().stream().filter(there::contains).toList();
      Map<String, Long> ends = ends(topics.describe(inputs).values());
      if (!ends.isEmpty() && ends.values().stream().allMatch(end -> end < offset)) {
        problems.add(
            new Problem(
                "--from",
                "nothing that '%s' reads goes as far as offset %d: %s"
                    .formatted(function.name(), offset, sentence(ends)),
                "Name an offset up to the end; '--from latest' waits for what comes"));
      }
    }
    return problems;
  }

  /// Creates those that are missing, with the broker's defaults.
  static void create(Topics topics, List<Declared> functions) {
    Set<String> missing = names(functions);
    missing.removeAll(topics.names(true));
    for (String topic : missing) {
      topics.create(topic, Optional.empty(), Optional.empty(), Map.of());
    }
  }

  private static Map<String, Long> ends(Collection<Topic> topics) {
    Map<String, Long> ends = new LinkedHashMap<>();
    for (Topic topic : topics) {
      topic
          .partitions()
          .forEach(
              partition -> ends.put(topic.name() + "-" + partition.partition(), partition.end()));
    }
    return ends;
  }

  private static String sentence(Map<String, Long> ends) {
    return ends.entrySet().stream()
        .limit(LISTED)
        .map(end -> end.getKey() + " ends at " + end.getValue())
        .collect(Collectors.joining(", ", "", ends.size() > LISTED ? " and so on" : ""));
  }

  private static Set<String> names(List<Declared> functions) {
    Set<String> names = new LinkedHashSet<>();
    for (Declared function : functions) {
      names.addAll(function.inputs());
      names.addAll(function.outputs());
    }
    return names;
  }
}
