package dev.millrace.engine.loop;

import dev.millrace.engine.core.Checkpoint;
import dev.millrace.engine.core.GapMap;
import dev.millrace.engine.core.Gaps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/// Which topics offsets belong to. A topic that is deleted and created again has the same name and
/// other records: an offset of the former says nothing about it.
final class TopicIdentities {
  /// Cluster, topic, partitions.
  private static final Pattern NOTE = Pattern.compile("([^/]*/[^/]*)/([0-9]{1,9})");

  private static final char BEFORE_GAPS = ' ';

  private final UnaryOperator<String> cluster;
  private final Map<String, String> known = new HashMap<>();

  /// @param cluster the cluster's id and the topic's with a slash between, as far as they are known
  TopicIdentities(UnaryOperator<String> cluster) {
    this.cluster = cluster;
  }

  /// What tells this topic from others of its name.
  String of(String topic) {
    return known.computeIfAbsent(topic, cluster);
  }

  /// What is committed along with an offset of this topic.
  ///
  /// @param partitions how many it had when the group began, if that matters
  String note(String topic, OptionalInt partitions, Checkpoint checkpoint) {
    String identity = of(topic);
    String note = partitions.isEmpty() ? identity : identity + "/" + partitions.getAsInt();
    return checkpoint.gaps().isEmpty()
        ? note
        : note
            + BEFORE_GAPS
            + GapMap.encode(checkpoint.gaps(), checkpoint.position().offset(), identity);
  }

  /// What is finished behind a committed offset of this topic. Nothing where the note does not say
  /// so, or cannot be believed: then some records are called again.
  Gaps gaps(String topic, OffsetAndMetadata committed) {
    String text = committed.metadata();
    int at = text.indexOf(BEFORE_GAPS);
    return at < 0
        ? Gaps.NONE
        : GapMap.decode(text.substring(at + 1), committed.offset(), of(topic)).orElse(Gaps.NONE);
  }

  private static String withoutGaps(OffsetAndMetadata committed) {
    String text = committed.metadata();
    int at = text.indexOf(BEFORE_GAPS);
    return at < 0 ? text : text.substring(0, at);
  }

  /// How many partitions the topic had when the group began; empty where the note does not say so.
  static OptionalInt partitions(OffsetAndMetadata committed) {
    Matcher note = NOTE.matcher(withoutGaps(committed));
    return note.matches() ? OptionalInt.of(Integer.parseInt(note.group(2))) : OptionalInt.empty();
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
    String text = withoutGaps(committed);
    Matcher note = NOTE.matcher(text);
    return isAnother(note.matches() ? note.group(1) : text, of(topic));
  }

  /// Only within one cluster: offsets that came with a copy of the topic from elsewhere, or that a
  /// person has set, are meant for it.
  private static boolean isAnother(String one, String other) {
    int slash = one.indexOf('/');
    return slash > 0 && other.startsWith(one.substring(0, slash + 1)) && !other.equals(one);
  }
}
