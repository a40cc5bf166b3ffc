package dev.millrace.engine.kafka;

import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.time.Duration;
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
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
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
    Map<TopicPartition, Long> beginnings = offsets(found.values(), OffsetSpec.earliest());
    Map<TopicPartition, Long> ends = offsets(found.values(), OffsetSpec.latest());
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
  public void create(
      String name,
      Optional<Integer> partitions,
      Optional<Short> replicas,
      Map<String, String> config) {
    KafkaFuture<Void> created =
        admin.createTopics(List.of(new NewTopic(name, partitions, replicas).configs(config))).all();
    try {
      created.get();
      awaitLeaders(name);
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case TopicExistsException exists ->
            new SetupException(
                name,
                "There is such a topic already",
                "Look at it with 'millrace topics show " + name + "'");
        case InvalidTopicException invalid ->
            new SetupException(
                name,
                "This cannot be a topic's name",
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
        missing.add(new Problem(where, "The topic '" + name + "' is not there", advice(name)));
      }
    }
    return missing;
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private Problem missing(String name) {
    return new Problem(name, "There is no such topic", advice(name));
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
        "The cluster refuses to create it: "
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

  private Map<TopicPartition, Long> offsets(Collection<TopicDescription> topics, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (TopicDescription topic : topics) {
      topic.partitions().stream()
          // A partition without a leader cannot be asked: the others still can.
          .filter(partition -> partition.leader() != null)
          .forEach(partition ->
              wanted.put(new TopicPartition(topic.name(), partition.partition()), which));
    }
    Map<TopicPartition, Long> offsets = new HashMap<>();
    await(admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all())
        .forEach((partition, found) -> offsets.put(partition, found.offset()));
    return offsets;
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
