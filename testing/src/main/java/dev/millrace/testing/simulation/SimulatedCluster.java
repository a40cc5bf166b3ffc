package dev.millrace.testing.simulation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// A Kafka cluster that lives in a [World]: topics, logs, groups, outages.
///
/// It hands out clients ([#consumer], [#producer]) and can be broken from outside, by hand or by
/// chance ([#breakUntil]). Nothing here is thread-safe; all of it runs where the world runs.
public final class SimulatedCluster {
  /// Hears of every commit at the moment the coordinator takes it.
  public interface CommitListener {
    /// A commit is about to be stored.
    ///
    /// @param group consumer group
    /// @param member id of the committing member
    /// @param partition of the input
    /// @param before what was committed so far; null if nothing
    /// @param commit what is committed now
    void committed(
        String group,
        String member,
        TopicPartition partition,
        @Nullable OffsetAndMetadata before,
        OffsetAndMetadata commit);

    /// A consumer sends a commit for a partition it does not own any more. Kafka lets it.
    default void stray(String client, TopicPartition partition) {}
  }

  private final World world;
  private final Map<String, List<PartitionLog>> topics = new LinkedHashMap<>();
  private final Map<String, Integer> recreations = new LinkedHashMap<>();
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final List<SimulatedConsumer> consumers = new ArrayList<>();
  private final List<CommitListener> listeners = new ArrayList<>();
  private Faults faults;
  private long availableFrom;
  private long brokenUntil;
  private int moves;

  /// An empty cluster.
  public SimulatedCluster(World world, Faults faults) {
    this.world = world;
    this.faults = faults;
  }

  /// The world it lives in.
  public World world() {
    return world;
  }

  /// The faults it has at the moment.
  public Faults faults() {
    return faults;
  }

  // Topics

  /// Creates a topic, or adds partitions to it, and tells the groups.
  ///
  /// @param partitions how many it then has
  public void createTopic(String topic, int partitions) {
    List<PartitionLog> logs = topics.computeIfAbsent(topic, unseen -> new ArrayList<>());
    while (logs.size() < partitions) {
      logs.add(new PartitionLog(new TopicPartition(topic, logs.size()), (int) world.between(0, 3)));
    }
    groups.values().forEach(Group::rebalance);
  }

  /// Deletes a topic and creates it anew, with as many partitions and without a record. What groups
  /// had committed for it goes with it; what members still send does not know.
  public void recreateTopic(String topic) {
    List<TopicPartition> partitions = partitions(topic);
    topics.remove(topic);
    recreations.merge(topic, 1, Integer::sum);
    groups.values().forEach(group -> group.committed().keySet().removeAll(partitions));
    world.tell("cluster", "%s is deleted and created again", topic);
    createTopic(topic, partitions.size());
  }

  /// The ids of cluster and topic, as they are committed along with offsets.
  public String topicId(String topic) {
    return "cluster/" + topic + "-" + recreations.getOrDefault(topic, 0);
  }

  /// What a committed offset is worth now: what the log has lost behind it is to be read again, and
  /// one of a former topic says nothing.
  public long worth(TopicPartition partition, OffsetAndMetadata committed) {
    String topic = committed.metadata().split(" ", 2)[0];
    return topic.isEmpty() || topic.equals(topicId(partition.topic()))
        ? log(partition).worth(committed)
        : 0;
  }

  /// Whether there is such a topic.
  public boolean hasTopic(String topic) {
    return topics.containsKey(topic);
  }

  /// The partitions of a topic, in their order; none if it does not exist.
  public List<TopicPartition> partitions(String topic) {
    return topics.getOrDefault(topic, List.of()).stream().map(PartitionLog::partition).toList();
  }

  /// The log of a partition.
  ///
  /// @throws IllegalArgumentException if there is no such partition
  public PartitionLog log(TopicPartition partition) {
    List<PartitionLog> logs = topics.getOrDefault(partition.topic(), List.of());
    if (partition.partition() >= logs.size()) {
      throw new IllegalArgumentException("no partition " + partition);
    }
    return logs.get(partition.partition());
  }

  /// Writes one record past all clients and faults, now.
  ///
  /// @return its offset
  public long write(
      TopicPartition partition, byte @Nullable [] key, byte @Nullable [] value, Header... headers) {
    return append(
        partition,
        List.of(new PartitionLog.Entry(0, key, value, List.of(headers), world.millis())));
  }

  long append(TopicPartition partition, List<PartitionLog.Entry> records) {
    PartitionLog log = log(partition);
    long first = log.append(records);
    if (world.chance(faults.hole())) {
      log.hole((int) world.between(1, 5));
    }
    return first;
  }

  // Clients

  /// A new consumer.
  ///
  /// @param client its name in stories and member ids
  public SimulatedConsumer consumer(String client, ClientSettings settings) {
    SimulatedConsumer consumer = new SimulatedConsumer(client, settings, this, group(settings));
    consumers.add(consumer);
    return consumer;
  }

  /// A new producer.
  ///
  /// @param client its name in stories
  public SimulatedProducer producer(String client, ClientSettings settings) {
    return new SimulatedProducer(client, settings, this);
  }

  private Group group(ClientSettings settings) {
    return groups.computeIfAbsent(
        settings.group(),
        name ->
            settings.protocol() == GroupProtocol.CONSUMER
                ? new IncrementalGroup(name, this)
                : new ClassicGroup(name, this, settings.maxPollInterval()));
  }

  // Groups

  /// What a group has committed so far.
  public Map<TopicPartition, OffsetAndMetadata> committed(String group) {
    Group known = groups.get(group);
    return known == null ? Map.of() : Map.copyOf(known.committed());
  }

  /// Who owns a partition as far as the group's coordinator knows; more than one is a defect of the
  /// simulation.
  public Collection<String> owners(String group, TopicPartition partition) {
    Group known = groups.get(group);
    return known == null ? Set.of() : known.ownersOf(partition);
  }

  /// How often a partition was given to a member that did not have it.
  public int moves() {
    return moves;
  }

  void moved(int partitions) {
    moves += partitions;
  }

  /// Lets a group rebalance without a reason.
  public void rebalance(String group) {
    Group known = groups.get(group);
    if (known != null) {
      known.rebalance();
    }
  }

  /// Tells this listener of every commit from now on.
  public void onCommit(CommitListener listener) {
    listeners.add(listener);
  }

  void commit(Group group, String member, Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach((partition, offset) -> {
      @Nullable OffsetAndMetadata before = group.committed(partition);
      listeners.forEach(
          listener -> listener.committed(group.name, member, partition, before, offset));
      group.committed().put(partition, offset);
    });
    world.tell(group.name, "%s committed %s", member, offsets);
  }

  void strayCommit(String client, TopicPartition partition) {
    listeners.forEach(listener -> listener.stray(client, partition));
  }

  // Faults

  /// Makes a partition unavailable for a while.
  public void breakPartition(TopicPartition partition, long millis) {
    world.tell("cluster", "%s unavailable for %d ms", partition, millis);
    log(partition).unavailableUntil(world.millis() + millis);
  }

  /// Makes the whole cluster unreachable for a while.
  public void breakCluster(long millis) {
    world.tell("cluster", "unreachable for %d ms", millis);
    availableFrom = world.millis() + millis;
  }

  /// Ends all outages; the faults from now on are these.
  public void heal(Faults remaining) {
    world.tell("cluster", "healed");
    faults = remaining;
    availableFrom = 0;
    brokenUntil = 0;
    topics.values().forEach(logs -> logs.forEach(log -> log.unavailableUntil(0)));
    consumers.forEach(SimulatedConsumer::reconnect);
  }

  /// Lets outages, leader changes, cut-off members and rebalances happen by chance, as often as the
  /// faults say, until that virtual time.
  public void breakUntil(long millis) {
    brokenUntil = millis;
    often(faults.clusterOutages(), () -> breakCluster(outage()));
    often(faults.partitionOutages(), () -> breakPartition(anyLog().partition(), outage()));
    often(
        faults.leaderChanges(),
        () -> {
          PartitionLog log = anyLog();
          log.changeLeader();
          world.tell("cluster", "%s has a new leader, epoch %d", log.partition(), log.epoch());
        });
    often(faults.rebalances(), () -> groups.values().forEach(Group::rebalance));
    often(
        faults.cutOffs(),
        () -> {
          consumers.removeIf(SimulatedConsumer::gone);
          if (!consumers.isEmpty()) {
            consumers
                .get((int) world.between(0, consumers.size() - 1))
                .cutOff(world.between(1, faults.cutOffMillis()));
          }
        });
  }

  private long outage() {
    return world.between(1, faults.outageMillis());
  }

  private PartitionLog anyLog() {
    List<PartitionLog> all = topics.values().stream().flatMap(List::stream).toList();
    return all.get((int) world.between(0, all.size() - 1));
  }

  private void often(double perSecond, Runnable fault) {
    if (perSecond <= 0) {
      return;
    }
    long wait = (long) Math.ceil(-Math.log(1 - world.random().nextDouble()) / perSecond * 1000);
    if (world.millis() + wait < brokenUntil) {
      world.in(
          wait,
          () -> {
            if (world.millis() < brokenUntil) {
              fault.run();
              often(perSecond, fault);
            }
          });
    }
  }

  boolean available() {
    return world.millis() >= availableFrom;
  }

  boolean available(TopicPartition partition) {
    return available() && log(partition).available(world.millis());
  }

  /// How long one way between a client and a broker takes this time.
  long delay() {
    return world.chance(faults.lateAnswer())
        ? world.between(0, faults.lateMillis())
        : world.between(0, 2);
  }

  boolean loses() {
    return world.chance(faults.lostAnswer());
  }

  /// The chance that an assignment moves a partition without need.
  double shuffled() {
    return faults.rebalances() > 0 ? 0.3 : 0;
  }
}
