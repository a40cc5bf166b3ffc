package dev.millrace.engine.loop;

import dev.millrace.engine.core.Checkpoint;
import dev.millrace.engine.core.Gaps;
import dev.millrace.engine.core.Position;
import dev.millrace.engine.settings.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/// Where newly assigned partitions are read from: where the group stands, else where the function
/// starts. Asks the cluster, five seconds at most for each question.
final class StartingPositions {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// For one partition alone, after the question for all has failed.
  private static final Duration SHORT_PATIENCE = Duration.ofMillis(500);

  /// Where to read from, and what the group had committed, if anything.
  record Place(Position position, @Nullable Checkpoint committed) {}

  private final Consumer<byte[], byte[]> consumer;
  private final LoopSettings settings;
  private final Begun begun;
  private final TopicIdentities identities;
  private Duration patience = PATIENCE;

  StartingPositions(
      Consumer<byte[], byte[]> consumer,
      LoopSettings settings,
      Begun begun,
      TopicIdentities identities) {
    this.consumer = consumer;
    this.settings = settings;
    this.begun = begun;
    this.identities = identities;
  }

  /// Where these partitions are read from. Those that cannot be told now, for instance because
  /// their leader is away, are left out. Throws what the consumer throws when the group's offsets
  /// cannot be read.
  Map<TopicPartition, Place> find(Collection<TopicPartition> partitions) {
    countPartitions();
    Map<TopicPartition, Place> places = new HashMap<>();
    Set<TopicPartition> fresh = new HashSet<>();
    Map<TopicPartition, OffsetAndMetadata> committed =
        consumer.committed(Set.copyOf(partitions), PATIENCE);
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata known = committed.get(partition);
      Position begunAt = begun.places().get(partition);
      if (known != null && !identities.isFormer(partition.topic(), known)) {
        Position position = position(known);
        Gaps gaps = identities.gaps(partition.topic(), known);
        places.put(partition, new Place(position, new Checkpoint(position, gaps)));
      } else if (begunAt != null) {
        places.put(partition, new Place(begunAt, null));
      } else {
        fresh.add(partition);
      }
    }
    findFresh(fresh)
        .forEach((partition, offset) -> {
          Position position = new Position(offset, Position.NO_EPOCH);
          begun.places().put(partition, position);
          places.put(partition, new Place(position, null));
        });
    return places;
  }

  /// A partition without a leader must not keep the others from being read.
  private Map<TopicPartition, Long> findFresh(Set<TopicPartition> fresh) {
    if (fresh.isEmpty()) {
      return Map.of();
    }
    try {
      return startOf(fresh);
    } catch (RetriableException all) {
      Map<TopicPartition, Long> found = new HashMap<>();
      patience = SHORT_PATIENCE;
      try {
        for (TopicPartition partition : fresh) {
          try {
            found.putAll(startOf(Set.of(partition)));
          } catch (RetriableException one) {
            // Left out, and asked for again later.
          }
        }
      } finally {
        patience = PATIENCE;
      }
      return found;
    }
  }

  /// Before anything else is asked, so that a partition that is added later is known as such.
  private void countPartitions() {
    if (settings.start() instanceof Start.Latest) {
      for (String topic : settings.topics()) {
        if (!begun.partitions().containsKey(topic)) {
          int count = consumer.partitionsFor(topic, patience).size();
          if (count > 0) {
            begun.partitions().put(topic, countAtStart(topic, count));
          }
        }
      }
    }
  }

  /// A group that began earlier has said how many there were, with each offset: whoever has
  /// committed none may be new, or may never have been placed.
  private int countAtStart(String topic, int now) {
    Set<TopicPartition> all = new HashSet<>();
    for (int i = 0; i < now; i++) {
      all.add(new TopicPartition(topic, i));
    }
    int count = now;
    for (OffsetAndMetadata known : consumer.committed(all, PATIENCE).values()) {
      if (known != null) {
        // All partitions of a topic that was created again are new to its group.
        count =
            identities.isFormer(topic, known)
                ? 0
                : Math.min(count, TopicIdentities.partitions(known).orElse(count));
      }
    }
    return count;
  }

  /// What is committed along with an offset of this topic.
  String note(String topic, Checkpoint checkpoint) {
    Integer count = settings.start() instanceof Start.Latest ? begun.partitions().get(topic) : null;
    return identities.note(
        topic, count == null ? OptionalInt.empty() : OptionalInt.of(count), checkpoint);
  }

  Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
    return consumer.beginningOffsets(partitions, patience);
  }

  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
    return consumer.endOffsets(partitions, patience);
  }

  private Map<TopicPartition, Long> startOf(Set<TopicPartition> fresh) {
    return switch (settings.start()) {
      case Start.Earliest earliest -> beginnings(fresh);
      case Start.Latest latest -> latest(fresh);
      case Start.At(Instant time) -> firstSince(fresh, time);
      case Start.Back(Duration age) -> firstSince(fresh, begun.at().minus(age));
      case Start.Offset(long offset) -> within(fresh, offset);
    };
  }

  /// A partition added after the group began is read from its beginning: its first records were
  /// written after the start.
  private Map<TopicPartition, Long> latest(Set<TopicPartition> fresh) {
    Set<TopicPartition> added = new HashSet<>();
    Set<TopicPartition> known = new HashSet<>();
    for (TopicPartition partition : fresh) {
      int atStart = begun.partitions().getOrDefault(partition.topic(), 0);
      (partition.partition() < atStart ? known : added).add(partition);
    }
    Map<TopicPartition, Long> offsets = new HashMap<>(ends(known));
    offsets.putAll(beginnings(added));
    return offsets;
  }

  private Map<TopicPartition, Long> firstSince(Set<TopicPartition> fresh, Instant time) {
    Map<TopicPartition, Long> times = new HashMap<>();
    fresh.forEach(partition -> times.put(partition, time.toEpochMilli()));
    Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times, patience);
    Map<TopicPartition, Long> offsets = new HashMap<>(ends(fresh));
    found.forEach((partition, first) -> {
      if (first != null) {
        offsets.put(partition, first.offset());
      }
    });
    return offsets;
  }

  private Map<TopicPartition, Long> within(Set<TopicPartition> fresh, long offset) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    ends(fresh).forEach((partition, end) -> offsets.put(partition, Math.min(offset, end)));
    beginnings(fresh).forEach((partition, first) -> offsets.merge(partition, first, Math::max));
    return offsets;
  }

  static Position position(OffsetAndMetadata offset) {
    return new Position(offset.offset(), offset.leaderEpoch().orElse(Position.NO_EPOCH));
  }
}
