package dev.millrace.engine.loop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/// Which topics offsets belong to. A topic that is deleted and created again has the same name and
/// other records: an offset of the former says nothing about it.
final class TopicIdentities {
  private final UnaryOperator<String> cluster;
  private final Map<String, String> known = new HashMap<>();

  /// @param cluster the cluster's id and the topic's with a slash between, as far as they are known
  TopicIdentities(UnaryOperator<String> cluster) {
    this.cluster = cluster;
  }

  /// What is committed along with an offset of this topic.
  String of(String topic) {
    return known.computeIfAbsent(topic, cluster);
  }

  /// Looks at these topics again. Those that were created again since the last look.
  List<String> recreated(List<String> topics) {
    List<String> recreated = new ArrayList<>();
    for (String topic : topics) {
      String now = cluster.apply(topic);
      String before = known.put(topic, now);
      if (before != null && isAnother(before, now)) {
        recreated.add(topic);
      }
    }
    return recreated;
  }

  /// Whether this was committed for a former topic of that name.
  boolean isFormer(String topic, OffsetAndMetadata committed) {
    return isAnother(committed.metadata(), of(topic));
  }

  /// Only within one cluster: offsets that came with a copy of the topic from elsewhere, or that a
  /// person has set, are meant for it.
  private static boolean isAnother(String one, String other) {
    int slash = one.indexOf('/');
    return slash > 0 && other.startsWith(one.substring(0, slash + 1)) && !other.equals(one);
  }
}
