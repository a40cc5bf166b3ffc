package dev.millrace.testing.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Kafka's consumer against a [SimulatedCluster]: a group member without automatic commits and
/// without automatic reset, reading committed records.
///
/// Rebalance callbacks and commit callbacks run inside [#poll], [#commitSync] and [#close], as they
/// do in the real client. What blocks there lets the world's time pass here.
public final class SimulatedConsumer extends UnsimulatedConsumer {
  private static final class Position {
    long offset = -1;
    int epoch = -1;
    boolean unvalidated;
    int leader = -1;
    boolean paused;
    boolean revoking;
    boolean assigning = true;
    long fetchableFrom;
  }

  private static final class Commit {
    final Map<TopicPartition, OffsetAndMetadata> offsets;
    boolean answered;
    @Nullable RuntimeException error;

    Commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
      this.offsets = offsets;
    }
  }

  private record Callback(OffsetCommitCallback callback, Commit commit) {}

  private static final Node NODE = new Node(1, "simulated", 9092);

  private final String client;
  private final ClientSettings settings;
  private final SimulatedCluster cluster;
  private final World world;
  private final Group group;
  private final Map<TopicPartition, Position> owned = new TreeMap<>(Group.ORDER);
  private final List<Commit> unanswered = new ArrayList<>();
  private final Queue<Callback> callbacks = new ArrayDeque<>();
  private Set<String> topics = Set.of();
  private ConsumerRebalanceListener listener = new NoListener();

  private @Nullable String member;
  private int epoch = -1;
  private boolean joining;
  private boolean rejoin;
  private boolean expired;

  /// What follows on partitions that were taken away just now.
  private @Nullable Set<TopicPartition> toAdd;

  private long heartbeatAt;
  private long pollBefore = Long.MAX_VALUE;
  private boolean watched;
  private long cutOffUntil;
  private long lastCommitArrival;
  private boolean inListener;
  private Runnable beforePoll = () -> {};
  private long idleMillis;
  private boolean closed;
  private boolean crashed;

  SimulatedConsumer(String client, ClientSettings settings, SimulatedCluster cluster, Group group) {
    this.client = client;
    this.settings = settings;
    this.cluster = cluster;
    this.world = cluster.world();
    this.group = group;
  }

  // What only the simulation can do

  /// Kills the process this consumer is in: it never says another word, and its partitions are free
  /// after the session timeout. What it had sent still arrives.
  public void crash() {
    crashed = true;
    world.tell(client, "crashed");
    String silent = member;
    if (silent != null) {
      world.in(
          settings.sessionTimeout() - world.between(0, settings.heartbeatInterval()),
          () -> group.remove(silent));
    }
  }

  /// Cuts this member off its coordinator for a while; the data still flows. Longer than the
  /// session timeout means that the member is fenced and does not know it.
  public void cutOff(long millis) {
    world.tell(client, "cut off for %d ms", millis);
    cutOffUntil = world.millis() + millis;
    String silent = member;
    if (silent != null) {
      world.in(
          settings.sessionTimeout(),
          () -> {
            if (cutOffUntil >= world.millis() && silent.equals(member) && group.has(silent)) {
              group.tell("fences %s", silent);
              group.remove(silent);
            }
          });
    }
  }

  /// Lets this member leave its group as if it had not polled for too long.
  public void expire() {
    String silent = member;
    if (silent != null && !expired) {
      world.tell(client, "has not polled in time and leaves the group");
      expired = true;
      group.remove(silent);
    }
  }

  /// Runs this at the beginning of every poll.
  void beforePoll(Runnable check) {
    beforePoll = check;
  }

  /// Whether a rebalance callback is running.
  boolean inListener() {
    return inListener;
  }

  /// How long the last poll would have waited, had it waited; 0 if it brought something.
  long idleMillis() {
    return idleMillis;
  }

  void reconnect() {
    cutOffUntil = 0;
  }

  boolean gone() {
    return closed || crashed;
  }

  // Subscription and assignment

  @Override
  public void subscribe(Collection<String> names, ConsumerRebalanceListener callback) {
    open();
    topics = new TreeSet<>(names);
    listener = callback;
  }

  @Override
  public Set<String> subscription() {
    open();
    return Set.copyOf(topics);
  }

  @Override
  public Set<TopicPartition> assignment() {
    open();
    return ownedPartitions();
  }

  @Override
  @SuppressWarnings("removal")
  public ConsumerGroupMetadata groupMetadata() {
    open();
    String id = member;
    return new ConsumerGroupMetadata(group.name, epoch, id == null ? "" : id, Optional.empty());
  }

  @Override
  public void pause(Collection<TopicPartition> partitions) {
    open();
    partitions.forEach(partition -> position("pause", partition).paused = true);
  }

  @Override
  public void resume(Collection<TopicPartition> partitions) {
    open();
    partitions.forEach(partition -> position("resume", partition).paused = false);
  }

  @Override
  public Set<TopicPartition> paused() {
    open();
    return where(position -> position.paused);
  }

  // Reading

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    open();
    if (inListener) {
      throw new IllegalStateException("poll() inside a rebalance callback");
    }
    if (topics.isEmpty()) {
      throw new IllegalStateException(
          "Consumer is not subscribed to any topics or assigned any partitions");
    }
    beforePoll.run();
    idleMillis = 0;
    long deadline = world.millis() + timeout.toMillis();
    while (true) {
      watchPolling();
      runCallbacks();
      coordinate();
      findPositions();
      ConsumerRecords<byte[], byte[]> records = fetch();
      long left = deadline - world.millis();
      if (!records.nextOffsets().isEmpty() || left <= 0) {
        return records;
      }
      if (!settings.pollWaits()) {
        idleMillis = left;
        return records;
      }
      pass(() -> false, Math.min(left, world.between(1, 5)));
    }
  }

  private void findPositions() {
    Set<TopicPartition> without = new TreeSet<>(Group.ORDER);
    for (Map.Entry<TopicPartition, Position> entry : owned.entrySet()) {
      Position position = entry.getValue();
      if (position.offset < 0 && !position.assigning && reachesCoordinator()) {
        OffsetAndMetadata committed = group.committed(entry.getKey());
        if (committed == null) {
          without.add(entry.getKey());
        } else {
          moveTo(position, committed);
        }
      }
    }
    if (!without.isEmpty()) {
      throw new NoOffsetForPartitionException(without);
    }
  }

  private ConsumerRecords<byte[], byte[]> fetch() {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new LinkedHashMap<>();
    List<TopicPartition> order = new ArrayList<>(owned.keySet());
    Collections.rotate(order, (int) world.between(0, Math.max(0, order.size() - 1)));
    int room = settings.maxPollRecords();
    for (TopicPartition partition : order) {
      Position position = position("fetch", partition);
      if (room == 0) {
        break;
      }
      if (!fetchable(partition, position)) {
        continue;
      }
      heedLeader(position, cluster.log(partition).epoch());
      if (next.isEmpty()) {
        checkInRange(partition, position);
      } else if (!inRange(partition, position)) {
        break;
      }
      PartitionLog.Fetched fetched =
          cluster
              .log(partition)
              .read(
                  position.offset,
                  room,
                  world.chance(cluster.faults().shortFetch())
                      ? (int) world.between(1, 5)
                      : Integer.MAX_VALUE);
      if (fetched.next() > position.offset) {
        position.offset = fetched.next();
        position.epoch = fetched.epoch();
        position.fetchableFrom =
            world.millis()
                + (world.chance(cluster.faults().slowFetch())
                    ? world.between(0, cluster.faults().lateMillis())
                    : 0);
        next.put(
            partition, new OffsetAndMetadata(position.offset, Optional.of(position.epoch), ""));
        if (!fetched.records().isEmpty()) {
          records.put(partition, fetched.records());
          room -= fetched.records().size();
        }
        if (world.story().told()) {
          world.tell(
              client, "got %d of %s, next %d", fetched.records().size(), partition, fetched.next());
        }
      }
    }
    return new Polled(records, next);
  }

  /// Kafka keeps these offsets in an order that differs from one JVM to the next; a story must not.
  private static final class Polled extends ConsumerRecords<byte[], byte[]> {
    private final Map<TopicPartition, OffsetAndMetadata> next;

    Polled(
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records,
        Map<TopicPartition, OffsetAndMetadata> next) {
      super(records, next);
      this.next = Collections.unmodifiableMap(next);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> nextOffsets() {
      return next;
    }
  }

  private boolean fetchable(TopicPartition partition, Position position) {
    return !position.paused
        && !position.revoking
        && !position.assigning
        && position.offset >= 0
        && position.fetchableFrom <= world.millis()
        && cluster.available(partition);
  }

  /// A new leader may not have what was read of the former.
  private static void heedLeader(Position position, int leader) {
    if (position.leader != leader) {
      position.leader = leader;
      position.unvalidated |= position.epoch >= 0;
    }
  }

  private boolean inRange(TopicPartition partition, Position position) {
    PartitionLog log = cluster.log(partition);
    return position.offset >= log.start()
        && position.offset <= log.end()
        && divergence(log, position).isEmpty();
  }

  private static Optional<OffsetAndMetadata> divergence(PartitionLog log, Position position) {
    return position.unvalidated
        ? log.divergence(position.epoch, position.offset)
        : Optional.empty();
  }

  private void checkInRange(TopicPartition partition, Position position) {
    if (inRange(partition, position)) {
      position.unvalidated = false;
      return;
    }
    Map<TopicPartition, Long> offsets = Map.of(partition, position.offset);
    world.tell(client, "%s is out of range: %d", partition, position.offset);
    Optional<OffsetAndMetadata> parted = divergence(cluster.log(partition), position);
    if (parted.isPresent()) {
      throw new LogTruncationException(
          "Detected truncated partition " + partition, offsets, Map.of(partition, parted.get()));
    }
    throw new OffsetOutOfRangeException(
        "Fetch position "
            + position.offset
            + " is out of range for partition "
            + partition
            + ", raising error to the application since no reset policy is configured",
        offsets);
  }

  @Override
  public void seek(TopicPartition partition, long offset) {
    seek(partition, new OffsetAndMetadata(offset));
  }

  @Override
  public void seek(TopicPartition partition, OffsetAndMetadata to) {
    open();
    if (to.offset() < 0) {
      throw new IllegalArgumentException("seek offset must not be a negative number");
    }
    moveTo(position("seek", partition), to);
    world.tell(client, "seeks %s to %d", partition, to.offset());
  }

  private static void moveTo(Position position, OffsetAndMetadata to) {
    position.offset = to.offset();
    position.epoch = to.leaderEpoch().orElse(-1);
    position.unvalidated = to.leaderEpoch().isPresent();
  }

  @Override
  public long position(TopicPartition partition) {
    return position(partition, Duration.ofMillis(settings.maxBlock()));
  }

  @Override
  public long position(TopicPartition partition, Duration timeout) {
    open();
    if (!owned.containsKey(partition)) {
      throw new IllegalStateException(
          "You can only check the position for partitions assigned to this consumer.");
    }
    Position position = position("position", partition);
    if (position.offset < 0) {
      OffsetAndMetadata committed = committed(Set.of(partition), timeout).get(partition);
      if (committed == null) {
        throw new NoOffsetForPartitionException(partition);
      }
      moveTo(position, committed);
    }
    return position.offset;
  }

  // Asking

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> partitions, Duration timeout) {
    return ask(
        timeout,
        this::reachesCoordinator,
        "the last committed offset for partitions " + partitions + " could be determined",
        () -> {
          Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
          partitions.forEach(partition -> found.put(partition, group.committed(partition)));
          return found;
        });
  }

  @Override
  public Map<TopicPartition, Long> beginningOffsets(
      Collection<TopicPartition> partitions, Duration timeout) {
    return offsets(partitions, timeout, PartitionLog::start);
  }

  @Override
  public Map<TopicPartition, Long> endOffsets(
      Collection<TopicPartition> partitions, Duration timeout) {
    return offsets(partitions, timeout, PartitionLog::stableEnd);
  }

  private Map<TopicPartition, Long> offsets(
      Collection<TopicPartition> partitions,
      Duration timeout,
      Function<PartitionLog, Long> offset) {
    return ask(
        timeout,
        () -> partitions.stream().allMatch(cluster::available),
        "offsets of " + partitions + " could be determined",
        () -> {
          Map<TopicPartition, Long> found = new HashMap<>();
          partitions.forEach(
              partition -> found.put(partition, offset.apply(cluster.log(partition))));
          return found;
        });
  }

  @Override
  public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
      Map<TopicPartition, Long> timestamps, Duration timeout) {
    return ask(
        timeout,
        () -> timestamps.keySet().stream().allMatch(cluster::available),
        "offsets for times of " + timestamps.keySet() + " could be determined",
        () -> {
          Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
          timestamps.forEach((partition, timestamp) -> {
            @Nullable OffsetAndTimestamp first =
                cluster
                    .log(partition)
                    .firstFrom(timestamp)
                    .map(entry -> new OffsetAndTimestamp(entry.offset(), entry.timestamp()))
                    .orElse(null);
            found.put(partition, first);
          });
          return found;
        });
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
    Node[] nodes = {NODE};
    return ask(
        timeout,
        cluster::available,
        "topic metadata of " + topic + " could be fetched",
        () ->
            cluster.partitions(topic).stream()
                .map(p -> new PartitionInfo(topic, p.partition(), NODE, nodes, nodes))
                .toList());
  }

  private <T> T ask(Duration timeout, BooleanSupplier available, String what, Supplier<T> answer) {
    open();
    long there = cluster.delay();
    long back = cluster.delay();
    long left = timeout.toMillis() - there - back;
    pass(() -> false, Math.min(there, timeout.toMillis()));
    if (left < 0 || !pass(available, left) || cluster.loses()) {
      throw new TimeoutException("Timeout of " + timeout.toMillis() + "ms expired before " + what);
    }
    T result = answer.get();
    pass(() -> false, back);
    return result;
  }

  // Committing

  @Override
  public void commitAsync(
      Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable OffsetCommitCallback callback) {
    open();
    Commit commit = new Commit(new HashMap<>(offsets));
    unanswered.add(commit);
    send(
        commit,
        () -> {
          unanswered.remove(commit);
          if (callback != null) {
            callbacks.add(new Callback(callback, commit));
          }
        });
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    open();
    long deadline = world.millis() + timeout.toMillis();
    while (true) {
      Commit commit = new Commit(new HashMap<>(offsets));
      send(commit, () -> {});
      boolean answered =
          pass(
              () -> commit.answered && unanswered.isEmpty(),
              Math.max(0, deadline - world.millis()));
      runCallbacks();
      RuntimeException error = commit.error;
      if (commit.answered && error == null) {
        return;
      }
      if (error instanceof StaleMemberEpochException) {
        throw new CommitFailedException(
            "OffsetCommit failed with stale member epoch. " + error.getMessage());
      }
      if (error != null && !(error instanceof RetriableException)) {
        throw error;
      }
      if (!answered || world.millis() >= deadline) {
        throw new TimeoutException(
            "Timeout of "
                + timeout.toMillis()
                + "ms expired before successfully committing offsets "
                + offsets);
      }
      pass(() -> false, world.between(1, 20));
    }
  }

  private void send(Commit commit, Runnable whenAnswered) {
    for (TopicPartition partition : commit.offsets.keySet()) {
      if (!owned.containsKey(partition)) {
        cluster.strayCommit(client, partition);
      }
    }
    String sender = member;
    if (sender == null || expired) {
      answer(commit, new CommitFailedException(), whenAnswered);
      return;
    }
    if (joining && settings.protocol() == GroupProtocol.CLASSIC) {
      answer(
          commit,
          new RebalanceInProgressException(
              "Offset commit cannot be completed since the consumer is undergoing a rebalance"),
          whenAnswered);
      return;
    }
    int senderEpoch = epoch;
    // One connection: commits arrive in the order in which they were sent.
    lastCommitArrival = Math.max(lastCommitArrival + 1, world.millis() + cluster.delay());
    world.in(
        lastCommitArrival - world.millis(),
        () -> arrive(commit, sender, senderEpoch, whenAnswered));
  }

  private void arrive(Commit commit, String sender, int senderEpoch, Runnable whenAnswered) {
    if (!reachesCoordinator()) {
      world.in(
          world.between(1, settings.requestTimeout()),
          () -> answer(commit, new DisconnectException(), whenAnswered));
      return;
    }
    @Nullable RuntimeException error = error(group.refusal(sender, senderEpoch));
    if (error == null && world.chance(cluster.faults().refusedCommit())) {
      error = new CoordinatorLoadInProgressException("The coordinator is loading");
    }
    if (error == null) {
      cluster.commit(group, sender, commit.offsets);
    } else {
      world.tell(client, "commit %s refused: %s", commit.offsets, error);
    }
    @Nullable RuntimeException result = error;
    if (cluster.loses()) {
      world.in(
          settings.requestTimeout(), () -> answer(commit, new DisconnectException(), whenAnswered));
    } else {
      world.in(cluster.delay(), () -> answer(commit, result, whenAnswered));
    }
  }

  private @Nullable RuntimeException error(Group.@Nullable Refusal refusal) {
    return switch (refusal) {
      case null -> null;
      case UNKNOWN_MEMBER -> new CommitFailedException("OffsetCommit failed with unknown member");
      case REBALANCING -> new RebalanceInProgressException("The group is rebalancing");
      case STALE_EPOCH ->
          settings.protocol() == GroupProtocol.CLASSIC
              ? new RebalanceInProgressException("The member's generation is already stale")
              : new StaleMemberEpochException("The member epoch is stale");
    };
  }

  private static void answer(
      Commit commit, @Nullable RuntimeException error, Runnable whenAnswered) {
    commit.error = error;
    commit.answered = true;
    whenAnswered.run();
  }

  private void runCallbacks() {
    for (Callback next = callbacks.poll(); next != null; next = callbacks.poll()) {
      RuntimeException error = next.commit.error;
      next.callback.onComplete(
          next.commit.offsets,
          error instanceof RetriableException ? new RetriableCommitFailedException(error) : error);
    }
  }

  // Membership

  private boolean reachesCoordinator() {
    return cluster.available() && world.millis() >= cutOffUntil;
  }

  private void watchPolling() {
    pollBefore = world.millis() + settings.maxPollInterval();
    if (!watched) {
      watched = true;
      world.in(settings.maxPollInterval(), this::leaveIfNotPolled);
    }
  }

  private void leaveIfNotPolled() {
    watched = false;
    String silent = member;
    if (gone() || silent == null) {
      return;
    }
    if (world.millis() < pollBefore) {
      watched = true;
      world.in(pollBefore - world.millis(), this::leaveIfNotPolled);
    } else {
      expire();
    }
  }

  private void coordinate() {
    if (expired) {
      lose();
    }
    Set<TopicPartition> coming = toAdd;
    if (coming != null) {
      add(coming, null);
      return;
    }
    if (world.millis() < heartbeatAt || !reachesCoordinator()) {
      return;
    }
    heartbeatAt = world.millis() + world.between(1, settings.heartbeatInterval());
    String id = member;
    if (id == null) {
      id = group.newMember(client);
      member = id;
    }
    if (rejoin && !group.has(id)) {
      lose();
      return;
    }
    if (epoch < 0 && !joining || rejoin) {
      rejoin = false;
      joining = true;
      group.join(id, topics, ownedPartitions());
      return;
    }
    Group.Answer answer = group.heartbeat(id, epoch, ownedPartitions());
    if (cluster.loses()) {
      return;
    }
    switch (answer) {
      case Group.Answer.Unchanged ignored -> {}
      case Group.Answer.Unknown ignored -> lose();
      case Group.Answer.Rejoin ignored -> {
        joining = true;
        group.join(id, topics, ownedPartitions());
      }
      case Group.Answer.Owns owns -> own(owns.epoch(), owns.partitions());
    }
  }

  private void own(int newEpoch, Set<TopicPartition> partitions) {
    boolean onlyEpoch =
        settings.protocol() == GroupProtocol.CONSUMER
            && epoch >= 0
            && partitions.equals(owned.keySet());
    epoch = newEpoch;
    joining = false;
    if (onlyEpoch) {
      return;
    }
    Set<TopicPartition> revoked = ownedPartitions();
    revoked.removeAll(partitions);
    Set<TopicPartition> added = Group.sorted(partitions);
    added.removeAll(owned.keySet());
    @Nullable RuntimeException thrown = null;
    if (!revoked.isEmpty()) {
      revoked.forEach(partition -> position("revoke", partition).revoking = true);
      world.tell(client, "revoked %s", revoked);
      thrown = listen(() -> listener.onPartitionsRevoked(List.copyOf(revoked)), thrown);
      owned.keySet().removeAll(revoked);
      rejoin = settings.protocol() == GroupProtocol.CLASSIC;
    }
    if (expired) {
      rejoin = false;
      raise(thrown);
    } else if (!revoked.isEmpty() && settings.protocol() == GroupProtocol.CONSUMER) {
      // Kafka's client comes back for this in a later poll; this one may go on to bring records.
      toAdd = added;
      raise(thrown);
    } else {
      add(added, thrown);
    }
  }

  private void add(Set<TopicPartition> added, @Nullable RuntimeException before) {
    toAdd = null;
    added.forEach(partition -> owned.put(partition, new Position()));
    world.tell(client, "assigned %s", added);
    RuntimeException thrown =
        listen(() -> listener.onPartitionsAssigned(List.copyOf(added)), before);
    owned.values().forEach(position -> position.assigning = false);
    acknowledge();
    raise(thrown);
  }

  private static void raise(@Nullable RuntimeException thrown) {
    if (thrown != null) {
      throw new KafkaException("User rebalance callback throws an error", thrown);
    }
  }

  /// Tells the coordinator what has been let go, without waiting for the next poll.
  private void acknowledge() {
    String id = member;
    if (settings.protocol() == GroupProtocol.CLASSIC || id == null) {
      return;
    }
    heartbeatAt = world.millis();
    world.in(
        cluster.delay(),
        () -> {
          if (!gone() && reachesCoordinator() && id.equals(member)) {
            if (group.heartbeat(id, epoch, ownedPartitions()) instanceof Group.Answer.Owns owns
                && owns.partitions().equals(owned.keySet())) {
              world.in(cluster.delay(), () -> learn(id, owns.epoch()));
            }
          }
        });
  }

  /// Epochs arrive without a poll.
  private void learn(String id, int newEpoch) {
    if (id.equals(member) && epoch >= 0) {
      epoch = Math.max(epoch, newEpoch);
    }
  }

  private void lose() {
    world.tell(client, "lost %s", owned.keySet());
    Set<TopicPartition> lost = ownedPartitions();
    String old = member;
    if (old != null) {
      group.remove(old);
    }
    epoch = -1;
    joining = false;
    rejoin = false;
    expired = false;
    toAdd = null;
    heartbeatAt = world.millis();
    if (settings.protocol() == GroupProtocol.CLASSIC) {
      member = null;
    }
    @Nullable RuntimeException thrown = null;
    if (!lost.isEmpty()) {
      lost.forEach(partition -> position("lose", partition).revoking = true);
      thrown = listen(() -> listener.onPartitionsLost(List.copyOf(lost)), thrown);
      owned.keySet().removeAll(lost);
    }
    if (thrown != null) {
      throw new KafkaException("User rebalance callback throws an error", thrown);
    }
  }

  private @Nullable RuntimeException listen(Runnable callback, @Nullable RuntimeException before) {
    inListener = true;
    try {
      callback.run();
      return before;
    } catch (RuntimeException e) {
      return before == null ? e : before;
    } finally {
      inListener = false;
      alive();
    }
  }

  // The end

  @Override
  public void close() {
    close(Duration.ofSeconds(30));
  }

  @Override
  public void close(Duration timeout) {
    close(CloseOptions.timeout(timeout));
  }

  @Override
  public void close(CloseOptions options) {
    alive();
    if (closed) {
      return;
    }
    long deadline = world.millis() + options.timeout().orElse(Duration.ofSeconds(30)).toMillis();
    @Nullable RuntimeException thrown = null;
    List<TopicPartition> rest = List.copyOf(owned.keySet());
    if (!rest.isEmpty()) {
      String id = member;
      boolean lost = expired || id == null || !group.has(id);
      world.tell(client, "closes, %s %s", lost ? "lost" : "revoked", rest);
      thrown =
          listen(
              () -> {
                if (lost) {
                  listener.onPartitionsLost(rest);
                } else {
                  listener.onPartitionsRevoked(rest);
                }
              },
              thrown);
      owned.clear();
    }
    pass(unanswered::isEmpty, Math.max(0, deadline - world.millis()));
    runCallbacks();
    closed = true;
    world.tell(client, "closed");
    String leaving = member;
    if (leaving != null
        && options.groupMembershipOperation()
            != CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP) {
      world.in(
          reachesCoordinator() ? cluster.delay() : settings.sessionTimeout(),
          () -> group.remove(leaving));
    }
    if (thrown != null) {
      throw new KafkaException("User rebalance callback throws an error", thrown);
    }
  }

  private boolean pass(BooleanSupplier condition, long millis) {
    boolean met = world.await(condition, millis);
    alive();
    return met;
  }

  private void alive() {
    if (crashed) {
      throw new Crashed(client);
    }
  }

  private void open() {
    alive();
    if (closed) {
      throw new IllegalStateException("This consumer has already been closed.");
    }
  }

  private Position position(String what, TopicPartition partition) {
    Position position = owned.get(partition);
    if (position == null) {
      throw new IllegalStateException(
          "No current assignment for partition " + partition + " (" + what + ")");
    }
    return position;
  }

  private Set<TopicPartition> ownedPartitions() {
    return where(position -> true);
  }

  private Set<TopicPartition> where(Function<Position, Boolean> condition) {
    Set<TopicPartition> found = new TreeSet<>(Group.ORDER);
    owned.forEach((partition, position) -> {
      if (condition.apply(position)) {
        found.add(partition);
      }
    });
    return found;
  }

  private static final class NoListener implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
  }
}
