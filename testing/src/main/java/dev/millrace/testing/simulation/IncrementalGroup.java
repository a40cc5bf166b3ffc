package dev.millrace.testing.simulation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// KIP-848: the coordinator assigns, and gives a partition to its new owner only after the old one
/// has said that it let go, or is gone.
final class IncrementalGroup extends Group {
  private static final class Member {
    final Set<String> topics;
    final Set<TopicPartition> owned = new TreeSet<>(ORDER);
    final Set<TopicPartition> revoking = new TreeSet<>(ORDER);
    Set<TopicPartition> target = Set.of();
    int epoch;

    Member(Set<String> topics) {
      this.topics = topics;
    }

    Set<TopicPartition> told() {
      Set<TopicPartition> told = sorted(owned);
      told.removeAll(revoking);
      return told;
    }
  }

  private final Map<String, Member> members = new LinkedHashMap<>();
  private int epoch;

  IncrementalGroup(String name, SimulatedCluster cluster) {
    super(name, cluster);
  }

  @Override
  void join(String id, Set<String> topics, Set<TopicPartition> owned) {
    members.put(id, new Member(topics));
    rebalance();
  }

  @Override
  void remove(String id) {
    if (members.remove(id) != null) {
      rebalance();
    }
  }

  @Override
  void rebalance() {
    epoch++;
    Map<String, Set<String>> topics = new LinkedHashMap<>();
    Map<String, Set<TopicPartition>> owned = new LinkedHashMap<>();
    members.forEach((id, member) -> {
      topics.put(id, member.topics);
      owned.put(id, member.owned);
    });
    Map<String, Set<TopicPartition>> target = assign(topics, owned);
    members.forEach((id, member) -> member.target = target.getOrDefault(id, Set.of()));
    tell("epoch %d, target %s", epoch, target);
  }

  @Override
  Answer heartbeat(String id, int memberEpoch, Set<TopicPartition> reported) {
    Member member = members.get(id);
    if (member == null) {
      return new Answer.Unknown();
    }
    List<TopicPartition> released = new ArrayList<>(member.revoking);
    released.removeAll(reported);
    member.owned.removeAll(released);
    member.revoking.removeAll(released);
    if (member.revoking.isEmpty()) {
      reconcile(member);
    }
    Set<TopicPartition> told = member.told();
    return told.equals(reported) && member.epoch == memberEpoch
        ? new Answer.Unchanged()
        : new Answer.Owns(member.epoch, told);
  }

  private void reconcile(Member member) {
    member.revoking.addAll(member.owned);
    member.revoking.removeAll(member.target);
    if (member.revoking.isEmpty()) {
      for (TopicPartition partition : member.target) {
        if (ownersOf(partition).isEmpty()) {
          if (member.owned.add(partition)) {
            cluster.moved(1);
          }
        }
      }
      member.epoch = epoch;
    }
  }

  @Override
  @Nullable Refusal refusal(String id, int memberEpoch) {
    Member member = members.get(id);
    if (member == null) {
      return Refusal.UNKNOWN_MEMBER;
    }
    return member.epoch == memberEpoch ? null : Refusal.STALE_EPOCH;
  }

  @Override
  boolean has(String id) {
    return members.containsKey(id);
  }

  @Override
  Collection<String> ownersOf(TopicPartition partition) {
    List<String> owners = new ArrayList<>();
    members.forEach((id, member) -> {
      if (member.owned.contains(partition)) {
        owners.add(id);
      }
    });
    return owners;
  }
}
