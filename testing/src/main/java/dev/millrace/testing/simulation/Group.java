package dev.millrace.testing.simulation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// A consumer group as its coordinator sees it: members, who owns what, committed offsets.
abstract sealed class Group permits IncrementalGroup, ClassicGroup {
  static final Comparator<TopicPartition> ORDER =
      Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

  /// What the coordinator answers to a member's heartbeat.
  sealed interface Answer {
    /// The coordinator does not know this member: all is lost.
    record Unknown() implements Answer {}

    /// Nothing new.
    record Unchanged() implements Answer {}

    /// Classic only: the group rebalances, join again.
    record Rejoin() implements Answer {}

    /// The member is to own exactly this.
    record Owns(int epoch, Set<TopicPartition> partitions) implements Answer {}
  }

  /// Why a commit is refused.
  enum Refusal {
    UNKNOWN_MEMBER,
    STALE_EPOCH,
    REBALANCING
  }

  final String name;
  final SimulatedCluster cluster;
  final World world;
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private int memberNumbers;

  /// The same partitions in the one order that makes every run alike.
  static TreeSet<TopicPartition> sorted(Collection<TopicPartition> partitions) {
    TreeSet<TopicPartition> sorted = new TreeSet<>(ORDER);
    sorted.addAll(partitions);
    return sorted;
  }

  Group(String name, SimulatedCluster cluster) {
    this.name = name;
    this.cluster = cluster;
    this.world = cluster.world();
  }

  /// A member joins, or joins again, with what it still owns.
  abstract void join(String member, Set<String> topics, Set<TopicPartition> owned);

  /// A member goes, for whatever reason; its partitions are free at once.
  abstract void remove(String member);

  /// A member tells what it owns and how far it is, and hears what it should own.
  abstract Answer heartbeat(String member, int epoch, Set<TopicPartition> owned);

  /// Why a commit of this member is refused; null when it is not.
  abstract @Nullable Refusal refusal(String member, int epoch);

  /// Begins a rebalance without a reason, or because partitions were added.
  abstract void rebalance();

  abstract boolean has(String member);

  /// Who may own this partition as far as the coordinator knows.
  abstract Collection<String> ownersOf(TopicPartition partition);

  String newMember(String client) {
    return client + "-" + ++memberNumbers;
  }

  @Nullable OffsetAndMetadata committed(TopicPartition partition) {
    return committed.get(partition);
  }

  Map<TopicPartition, OffsetAndMetadata> committed() {
    return committed;
  }

  void tell(String what, Object... arguments) {
    world.tell(name, what, arguments);
  }

  /// Who should own what: even, mostly where it was, and where that leaves a choice, by chance.
  ///
  /// @param topics what each member subscribes to
  /// @param owned what each member owns now
  Map<String, Set<TopicPartition>> assign(
      Map<String, Set<String>> topics, Map<String, Set<TopicPartition>> owned) {
    Map<String, Set<TopicPartition>> target = new LinkedHashMap<>();
    topics.keySet().forEach(member -> target.put(member, new TreeSet<>(ORDER)));
    Map<TopicPartition, String> owners = new TreeMap<>(ORDER);
    owned.forEach(
        (member, partitions) -> partitions.forEach(partition -> owners.put(partition, member)));
    Set<TopicPartition> all = new TreeSet<>(ORDER);
    topics.values().forEach(names -> names.forEach(topic -> all.addAll(cluster.partitions(topic))));
    if (topics.isEmpty()) {
      return target;
    }
    int quota = (all.size() + topics.size() - 1) / topics.size();
    List<TopicPartition> free = new ArrayList<>();
    for (TopicPartition partition : all) {
      String owner = owners.get(partition);
      Set<TopicPartition> has = owner == null ? null : target.get(owner);
      if (owner != null
          && has != null
          && has.size() < quota
          && topics.getOrDefault(owner, Set.of()).contains(partition.topic())
          && !world.chance(cluster.shuffled())) {
        has.add(partition);
      } else {
        free.add(partition);
      }
    }
    for (TopicPartition partition : free) {
      List<String> least = new ArrayList<>();
      for (String member : topics.keySet()) {
        if (topics.getOrDefault(member, Set.of()).contains(partition.topic())) {
          int load = load(target, member);
          if (!least.isEmpty() && load < load(target, least.getFirst())) {
            least.clear();
          }
          if (least.isEmpty() || load == load(target, least.getFirst())) {
            least.add(member);
          }
        }
      }
      target
          .getOrDefault(least.get((int) world.between(0, least.size() - 1)), new TreeSet<>(ORDER))
          .add(partition);
    }
    return target;
  }

  private static int load(Map<String, Set<TopicPartition>> target, String member) {
    return target.getOrDefault(member, Set.of()).size();
  }
}
