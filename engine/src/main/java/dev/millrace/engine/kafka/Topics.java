package dev.millrace.engine.kafka;

import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// The topics of a cluster. Failures of the cluster are told as [ClusterProblems] does. Safe to use
/// from several threads.
public final class Topics implements AutoCloseable {
  /// The broker setting by which `millrace dev` marks its broker.
  private static final String DEV_MARK = "millrace.dev";

  private static final long LOOK_EVERY_MILLIS = 20;

  /// Ten seconds; whoever uses the topic then says what is wrong.
  private static final int LOOKS = 500;

  private final Admin admin;
  private final ClusterProblems problems;

  /// Takes over the admin client and closes it.
  Topics(Admin admin, ClusterProblems problems) {
    this.admin = admin;
    this.problems = problems;
  }

  /// A topic as the cluster has it.
  ///
  /// @param name its name
  /// @param id its id: another one after it was deleted and created again
  /// @param internal whether it is Kafka's own
  /// @param partitions in their order
  /// @param config what holds for it, by Kafka's name
  /// @param configured those of [#config] that were set for this topic
  public record Topic(
      String name,
      Uuid id,
      boolean internal,
      List<Partition> partitions,
      Map<String, String> config,
      Set<String> configured) {
    /// How many records there would be if every offset held one: an upper bound, since compaction
    /// and transactions leave gaps.
    public long offsets() {
      return partitions.stream().mapToLong(each -> each.end() - each.beginning()).sum();
    }

    /// Those of its partitions that can be asked, because they have a leader.
    public List<TopicPartition> led() {
      return partitions.stream()
          .filter(each -> each.leader().isPresent())
          .map(each -> new TopicPartition(name, each.partition()))
          .toList();
    }
  }

  /// A partition as the cluster has it.
  ///
  /// @param partition its number
  /// @param leader the leading broker's id; empty = there is none now
  /// @param replicas the ids of the brokers that should have it
  /// @param inSync the ids of those that are up to date
  /// @param beginning the first offset that is there
  /// @param end the offset behind the last committed record
  public record Partition(
      int partition,
      Optional<Integer> leader,
      List<Integer> replicas,
      List<Integer> inSync,
      long beginning,
      long end) {}

  /// The names of all topics that the login may see, in order.
  ///
  /// @param internal whether Kafka's own are among them
  public Set<String> names(boolean internal) {
    return new TreeSet<>(
        await(admin.listTopics(new ListTopicsOptions().listInternal(internal)).names()));
  }

  /// Whether there is such a topic.
  public boolean exists(String name) {
    return find(name).isPresent();
  }

  /// Everything about these topics, by name. Throws a [SetupException] for those that are not
  /// there.
  public Map<String, Topic> describe(Collection<String> names) {
    Map<String, TopicDescription> found = find(names);
    List<Problem> missing =
        names.stream().filter(name -> !found.containsKey(name)).map(this::missing).toList();
    if (!missing.isEmpty()) {
      throw new SetupException(missing);
    }
    List<TopicPartition> led = led(found.values());
    Map<TopicPartition, Long> beginnings = offsets(led, OffsetSpec.earliest());
    Map<TopicPartition, Long> ends = offsets(led, OffsetSpec.latest());
    Map<String, Collection<ConfigEntry>> configs = configs(found.keySet());
    Map<String, Topic> topics = new TreeMap<>();
    found.forEach((name, description) ->
        topics.put(
            name, topic(description, beginnings, ends, configs.getOrDefault(name, List.of()))));
    return topics;
  }

  /// Everything about this topic. Throws a [SetupException] when it is not there.
  public Topic describe(String name) {
    return describe(List.of(name)).values().iterator().next();
  }

  /// Creates a topic, and waits until the brokers know it: the controller answers a little earlier.
  ///
  /// @param partitions how many; empty = as the cluster is set up
  /// @param replicas how many brokers have each partition; empty = as the cluster is set up
  /// @param config Kafka's settings for a topic
  /// @return the topic as the cluster has made it
  public Topic create(
      String name,
      Optional<Integer> partitions,
      Optional<Short> replicas,
      Map<String, String> config) {
    KafkaFuture<Void> created =
        admin.createTopics(List.of(new NewTopic(name, partitions, replicas).configs(config))).all();
    try {
      created.get();
      awaitLeaders(name);
      return describe(name);
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case TopicExistsException exists ->
            new SetupException(
                name,
                "there is such a topic already",
                "Look at it with 'millrace topics show " + name + "'");
        case InvalidTopicException invalid ->
            new SetupException(
                name,
                "this cannot be a topic's name",
                "Use up to 249 letters, digits, '.', '_' and '-'");
        case InvalidPartitionsException wrong -> refused(name, wrong, "--partitions");
        case InvalidReplicationFactorException wrong -> refused(name, wrong, "--replication");
        case InvalidConfigurationException wrong -> refused(name, wrong, "--set");
        case PolicyViolationException wrong -> refused(name, wrong, "what the cluster's rules ask");
        case null, default -> problems.translate(e);
      };
    } catch (InterruptedException e) {
      throw problems.translate(e);
    }
  }

  private void awaitLeaders(String name) throws InterruptedException {
    for (int i = 0; i < LOOKS && !hasLeaders(name); i++) {
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
  }

  private boolean hasLeaders(String name) {
    return find(name)
        .filter(
            topic -> topic.partitions().stream().allMatch(partition -> partition.leader() != null))
        .isPresent();
  }

  /// Those of these topics that are not there, each as a problem with the command that creates it
  /// and the name that was probably meant.
  ///
  /// @param where what needs them, such as a function's name
  public List<Problem> missing(String where, Collection<String> names) {
    List<Problem> missing = new ArrayList<>();
    Map<String, TopicDescription> found = find(names);
    for (String name : new TreeSet<>(names)) {
      if (!found.containsKey(name)) {
        missing.add(new Problem(where, "the topic '" + name + "' is not there", advice(name)));
      }
    }
    return missing;
  }

  /// An offset of each of these partitions, as readers of committed records see it; negative where
  /// there is no such record.
  public Map<TopicPartition, Long> offsets(
      Collection<TopicPartition> partitions, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(partition -> wanted.put(partition, which));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    await(admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all())
        .forEach((partition, found) -> offsets.put(partition, found.offset()));
    return offsets;
  }

  /// The newest timestamp in a topic; empty without records.
  public Optional<Instant> newest(Topic topic) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    topic.led().forEach(partition -> wanted.put(partition, OffsetSpec.maxTimestamp()));
    return await(admin.listOffsets(wanted).all()).values().stream()
        .filter(found -> found.offset() >= 0)
        .map(found -> Instant.ofEpochMilli(found.timestamp()))
        .max(Instant::compareTo);
  }

  /// The groups that have committed a position in one of these topics or are reading it, by topic
  /// and in the order of their names.
  public Map<String, List<GroupReading>> readings(Collection<Topic> topics) {
    List<String> groups =
        await(admin.listGroups(ListGroupsOptions.forConsumerGroups()).all()).stream()
            .map(GroupListing::groupId)
            .toList();
    if (groups.isEmpty()) {
      return Map.of();
    }
    Map<String, ListConsumerGroupOffsetsSpec> everything = new HashMap<>();
    groups.forEach(group -> everything.put(group, new ListConsumerGroupOffsetsSpec()));
    Map<String, Map<TopicPartition, OffsetAndMetadata>> committed =
        await(admin.listConsumerGroupOffsets(everything).all());
    Map<String, List<GroupReading>> readings = new HashMap<>();
    new TreeMap<>(await(admin.describeConsumerGroups(groups).all()))
        .forEach((group, description) -> {
          for (Topic topic : topics) {
            GroupReading.of(description, committed.getOrDefault(group, Map.of()), topic)
                .ifPresent(reading ->
                    readings.computeIfAbsent(topic.name(), _ -> new ArrayList<>()).add(reading));
          }
        });
    return readings;
  }

  /// Whether this is the cluster of a `millrace dev`, which creates missing topics on first use.
  public boolean createsMissing() {
    Collection<Node> nodes = await(admin.describeCluster().nodes());
    if (nodes.size() != 1) {
      return false;
    }
    ConfigResource broker =
        new ConfigResource(ConfigResource.Type.BROKER, nodes.iterator().next().idString());
    return await(admin.describeConfigs(List.of(broker)).all()).values().stream()
        .flatMap(config -> config.entries().stream())
        .anyMatch(setting -> setting.name().equals(DEV_MARK));
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private Problem missing(String name) {
    return new Problem(name, "there is no such topic", advice(name));
  }

  private String advice(String name) {
    String create = "'millrace topics create " + name + "'";
    return NearestName.of(name, names(true))
        .map(near -> "Write '" + near + "' if that is meant, or create it with " + create)
        .orElse("Create it with " + create);
  }

  private SetupException refused(String name, Exception reason, String setting) {
    String message = String.valueOf(reason.getMessage()).strip();
    return new SetupException(
        name,
        "the cluster refuses to create it: "
            + (message.endsWith(".") ? message.substring(0, message.length() - 1) : message),
        "Change " + setting);
  }

  private Optional<TopicDescription> find(String name) {
    return find(List.of(name)).values().stream().findFirst();
  }

  /// Those of these topics that are there, by name; asked for all at once.
  private Map<String, TopicDescription> find(Collection<String> names) {
    Map<String, TopicDescription> found = new TreeMap<>();
    admin
        .describeTopics(names)
        .topicNameValues()
        .forEach((name, answer) -> {
          try {
            found.put(name, answer.get());
          } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException
                || e.getCause() instanceof InvalidTopicException)) {
              throw problems.translate(e);
            }
          } catch (InterruptedException e) {
            throw problems.translate(e);
          }
        });
    return found;
  }

  private static List<TopicPartition> led(Collection<TopicDescription> topics) {
    return topics.stream()
        .flatMap(topic ->
            topic.partitions().stream()
                // A partition without a leader cannot be asked: the others still can.
                .filter(partition -> partition.leader() != null)
                .map(partition -> new TopicPartition(topic.name(), partition.partition())))
        .toList();
  }

  private Map<String, Collection<ConfigEntry>> configs(Collection<String> names) {
    List<ConfigResource> resources =
        names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    Map<String, Collection<ConfigEntry>> configs = new HashMap<>();
    await(admin.describeConfigs(resources).all())
        .forEach((resource, config) -> configs.put(resource.name(), config.entries()));
    return configs;
  }

  private static Topic topic(
      TopicDescription topic,
      Map<TopicPartition, Long> beginnings,
      Map<TopicPartition, Long> ends,
      Collection<ConfigEntry> entries) {
    List<Partition> partitions =
        topic.partitions().stream()
            .map(info -> {
              TopicPartition key = new TopicPartition(topic.name(), info.partition());
              return new Partition(
                  info.partition(),
                  Optional.ofNullable(info.leader()).map(Node::id),
                  info.replicas().stream().map(Node::id).toList(),
                  info.isr().stream().map(Node::id).toList(),
                  beginnings.getOrDefault(key, 0L),
                  ends.getOrDefault(key, 0L));
            })
            .sorted(Comparator.comparingInt(Partition::partition))
            .toList();
    Map<String, String> config = new TreeMap<>();
    TreeSet<String> configured = new TreeSet<>();
    for (ConfigEntry entry : entries) {
      if (entry.value() != null) {
        config.put(entry.name(), entry.value());
      }
      if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
        configured.add(entry.name());
      }
    }
    return new Topic(
        topic.name(), topic.topicId(), topic.isInternal(), partitions, config, configured);
  }

  private <T> T await(KafkaFuture<T> answer) {
    try {
      return answer.get();
    } catch (ExecutionException | InterruptedException e) {
      throw problems.translate(e);
    }
  }
}
