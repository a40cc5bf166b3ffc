package dev.millrace.cli;

import java.lang.reflect.Field;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.TopicConfig;

/// What can be set for a topic.
final class TopicSettings {
  private TopicSettings() {}

  /// Kafka's names for them. Its clients have them only as constants.
  static Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (Field field : TopicConfig.class.getFields()) {
      if (field.getName().endsWith("_CONFIG")) {
        try {
          names.add((String) field.get(null));
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    return names;
  }
}
