package dev.millrace.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notices that partitions which other members of the group hold do not move. Whether such a member
/// is broken or only slow cannot be known from here, so it is said, once, and waiting goes on.
final class Standstill {
  /// Asks for the members of the group.
  interface Members {
    Collection<MemberDescription> ask() throws InterruptedException;
  }

  private record Seen(long offset, long millis) {}

  private static final Logger LOG = LoggerFactory.getLogger(BoundedRun.class);

  private final String function;
  private final Duration patience;
  private final Map<TopicPartition, Seen> seen = new HashMap<>();
  private Set<String> told = Set.of();

  /// @param function who waits
  /// @param patience how long a partition may stand
  Standstill(String function, Duration patience) {
    this.function = function;
    this.patience = patience;
  }

  /// Looks how far the others are, and says which of their partitions have stood for too long where
  /// one of these had not yet.
  ///
  /// @param others unfinished partitions that are not ours and what the group has committed there
  /// @return those that stand, in order
  Set<String> look(Map<TopicPartition, Long> others, long nowMillis, Members members)
      throws InterruptedException {
    seen.keySet().retainAll(others.keySet());
    Set<String> standing = new TreeSet<>();
    others.forEach((partition, offset) -> {
      Seen before = seen.get(partition);
      if (before == null || before.offset() != offset) {
        seen.put(partition, new Seen(offset, nowMillis));
      } else if (nowMillis - before.millis() >= patience.toMillis()) {
        standing.add(partition.toString());
      }
    });
    if (!told.containsAll(standing)) {
      LOG.warn(
          "[{}] {} not moved for {} s: {}. The run waits, since another member may only be slow;"
              + " where it hangs, end it and this process goes on with its partitions.",
          function,
          String.join(", ", standing) + (standing.size() == 1 ? " has" : " have"),
          patience.toSeconds(),
          holders(standing, members.ask()));
    }
    told = standing;
    return standing;
  }

  private static String holders(Set<String> standing, Collection<MemberDescription> members) {
    Map<String, Set<String>> held = new TreeMap<>();
    Set<String> free = new TreeSet<>(standing);
    for (MemberDescription member : members) {
      for (TopicPartition partition : member.assignment().topicPartitions()) {
        if (free.remove(partition.toString())) {
          held.computeIfAbsent(name(member), unseen -> new TreeSet<>()).add(partition.toString());
        }
      }
    }
    if (!free.isEmpty()) {
      held.put("nobody", free);
    }
    return held.entrySet().stream()
        .map(one -> one.getKey() + " holds " + String.join(", ", one.getValue()))
        .collect(Collectors.joining("; "));
  }

  private static String name(MemberDescription member) {
    String host = member.host().startsWith("/") ? member.host().substring(1) : member.host();
    return "member " + member.consumerId() + " (" + member.clientId() + ") on " + host;
  }
}
