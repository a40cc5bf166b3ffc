package dev.millrace.testing.simulation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// The classic protocol with cooperative rebalancing: all members join again and keep what they
/// own; a partition that moves is first taken from its owner and given away in the round after.
final class ClassicGroup extends Group {
  private enum State {
    STABLE,
    JOINING,
    ASSIGNING
  }

  private static final class Member {
    final Set<String> topics;
    boolean joined;
    Set<TopicPartition> owned;
    Set<TopicPartition> assigned = Set.of();

    Member(Set<String> topics, Set<TopicPartition> owned) {
      this.topics = topics;
      this.owned = owned;
    }
  }

  private final long joinTimeout;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private State state = State.STABLE;
  private int generation;
  private long round;

  ClassicGroup(String name, SimulatedCluster cluster, long joinTimeout) {
    super(name, cluster);
    this.joinTimeout = joinTimeout;
  }

  @Override
  void join(String id, Set<String> topics, Set<TopicPartition> owned) {
    Member member = members.computeIfAbsent(id, unseen -> new Member(topics, owned));
    rebalance();
    member.joined = true;
    member.owned = sorted(owned);
    member.assigned = Set.of();
    completeIfAllJoined();
  }

  @Override
  void remove(String id) {
    if (members.remove(id) != null) {
      rebalance();
      completeIfAllJoined();
    }
  }

  @Override
  void rebalance() {
    if (state == State.JOINING) {
      return;
    }
    state = State.JOINING;
    members.values().forEach(member -> member.joined = false);
    long thisRound = ++round;
    tell("rebalances, members %s join again", members.keySet());
    world.in(
        joinTimeout,
        () -> {
          if (state == State.JOINING && round == thisRound) {
            members.values().removeIf(member -> !member.joined);
            completeIfAllJoined();
          }
        });
  }

  private void completeIfAllJoined() {
    if (state != State.JOINING || !members.values().stream().allMatch(member -> member.joined)) {
      return;
    }
    generation++;
    state = State.ASSIGNING;
    long thisRound = ++round;
    Map<String, Set<String>> topics = new LinkedHashMap<>();
    Map<String, Set<TopicPartition>> owned = new LinkedHashMap<>();
    members.forEach((id, member) -> {
      topics.put(id, member.topics);
      owned.put(id, member.owned);
    });
    Map<String, Set<TopicPartition>> target = assign(topics, owned);
    members.forEach((id, member) -> {
      Set<TopicPartition> assigned = sorted(target.getOrDefault(id, Set.of()));
      members.forEach((other, otherMember) -> {
        if (!other.equals(id)) {
          assigned.removeAll(otherMember.owned);
        }
      });
      member.assigned = assigned;
      Set<TopicPartition> added = sorted(assigned);
      added.removeAll(member.owned);
      cluster.moved(added.size());
    });
    tell("generation %d, target %s", generation, target);
    world.in(
        cluster.delay(),
        () -> {
          if (state == State.ASSIGNING && round == thisRound) {
            state = State.STABLE;
          }
        });
  }

  @Override
  Answer heartbeat(String id, int memberGeneration, Set<TopicPartition> reported) {
    Member member = members.get(id);
    if (member == null) {
      return new Answer.Unknown();
    }
    return switch (state) {
      case JOINING -> member.joined ? new Answer.Unchanged() : new Answer.Rejoin();
      case ASSIGNING -> new Answer.Unchanged();
      case STABLE ->
          memberGeneration == generation
              ? new Answer.Unchanged()
              : new Answer.Owns(generation, member.assigned);
    };
  }

  @Override
  @Nullable Refusal refusal(String id, int memberGeneration) {
    if (!members.containsKey(id)) {
      return Refusal.UNKNOWN_MEMBER;
    }
    if (memberGeneration != generation) {
      return Refusal.STALE_EPOCH;
    }
    return state == State.ASSIGNING ? Refusal.REBALANCING : null;
  }

  @Override
  boolean has(String id) {
    return members.containsKey(id);
  }

  @Override
  Collection<String> ownersOf(TopicPartition partition) {
    List<String> owners = new ArrayList<>();
    members.forEach((id, member) -> {
      if (member.owned.contains(partition) || member.assigned.contains(partition)) {
        owners.add(id);
      }
    });
    return owners;
  }
}
