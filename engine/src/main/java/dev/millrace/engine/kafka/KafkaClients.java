package dev.millrace.engine.kafka;

import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeFeaturesOptions;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Builds every Kafka client of Millrace, from one set of connection settings. Each client is given
/// only the settings that it knows. What cannot be built throws a [SetupException] that names the
/// setting. Immutable.
public final class KafkaClients {
  /// How long an admin client tries: a person is waiting.
  private static final int ADMIN_PATIENCE_MILLIS = 15_000;

  /// After this long without an answer the network is looked at: a broker answers within
  /// milliseconds, and Kafka's clients try for ever where they have no chance.
  private static final Duration FIRST_LOOK = Duration.ofSeconds(2);

  /// The most records that one poll of a member brings where nothing is set. With Kafka's own
  /// default, 500, a function that does little is slower by a quarter; more than this changes
  /// nothing.
  private static final int POLL_RECORDS = 2_000;

  /// Kafka's own default, 32 MiB.
  private static final long PRODUCER_MEMORY = 32L << 20;

  private final Map<String, String> connection;
  private final ClusterProblems problems;

  /// Clients for this cluster.
  ///
  /// @param connection Kafka's own names: `bootstrap.servers`, `security.protocol`, `sasl.*`,
  ///   `ssl.*` and whatever else is allowed as `kafka.*`
  public KafkaClients(Map<String, String> connection) {
    this.connection = Map.copyOf(connection);
    this.problems = new ClusterProblems(bootstrap());
  }

  /// The brokers to ask first: the cluster's name for people.
  public String bootstrap() {
    return connection.getOrDefault("bootstrap.servers", "");
  }

  /// How they reach the cluster, by Kafka's own names, **with secrets**. Not to be printed.
  public Map<String, String> connection() {
    return connection;
  }

  /// Says what a failure of these clients means.
  public ClusterProblems problems() {
    return problems;
  }

  /// Asks the cluster for its id and features, and so whether it can be reached and lets us in.
  /// Throws an [UnavailableException] or a [SetupException] that says why not and what to do.
  ///
  /// @param limit how long to try; that nothing listens is known at once, that one side wants TLS
  ///   and the other does not after some two seconds
  public ClusterFeatures reach(Duration limit) {
    Reachability network = new Reachability(bootstrap());
    network
        .refusal(limit)
        .ifPresent(reason -> {
          throw problems.unreachable(reason, null);
        });
    Admin admin = admin();
    try {
      int millis = Math.toIntExact(limit.toMillis());
      var clusterId =
          admin.describeCluster(new DescribeClusterOptions().timeoutMs(millis)).clusterId();
      var features =
          admin.describeFeatures(new DescribeFeaturesOptions().timeoutMs(millis)).featureMetadata();
      return new ClusterFeatures(
          firstAnswer(clusterId, limit, network), hasConsumerProtocol(features));
    } catch (ExecutionException | InterruptedException e) {
      throw problems.translate(e);
    } finally {
      // Without waiting for what it still tries.
      admin.close(Duration.ZERO);
    }
  }

  /// The most records that one poll of a member brings. Who lets little be outstanding need not
  /// know of polls: two must fit, so theirs are smaller where nothing is set.
  ///
  /// @param outstanding the most records read and not finished
  public int pollRecords(int outstanding) {
    String set = connection.get("max.poll.records");
    return set == null ? Math.clamp(outstanding / 2, 1, POLL_RECORDS) : Integer.parseInt(set);
  }

  /// The bytes that a producer can hold before it blocks.
  public long producerMemory() {
    String set = connection.get("buffer.memory");
    return set == null ? PRODUCER_MEMORY : Long.parseLong(set);
  }

  /// An admin client.
  public Admin admin() {
    Map<String, Object> settings = known(AdminClientConfig.configNames());
    settings.putIfAbsent("request.timeout.ms", "10000");
    int request = Integer.parseInt(settings.get("request.timeout.ms").toString());
    settings.put(
        "default.api.timeout.ms", Integer.toString(Math.max(ADMIN_PATIENCE_MILLIS, request)));
    return build(() -> Admin.create(settings));
  }

  /// The topics of the cluster. To be closed.
  public Topics topics() {
    return new Topics(admin(), problems);
  }

  /// A producer that loses nothing and writes nothing twice: waits for all replicas, idempotent,
  /// and never gives a record up.
  public Producer<byte[], byte[]> producer() {
    return producer(Map.of());
  }

  /// The same for transactions, of which only the newest producer with this id can commit any.
  ///
  /// @param id its transactional id
  /// @param timeout after this long the cluster gives up a transaction whose producer is gone
  public Producer<byte[], byte[]> producer(String id, Duration timeout) {
    return producer(
        Map.of(
            "transactional.id", id, "transaction.timeout.ms", Long.toString(timeout.toMillis())));
  }

  private Producer<byte[], byte[]> producer(Map<String, String> more) {
    Map<String, Object> settings = known(ProducerConfig.configNames());
    settings.put("acks", "all");
    settings.put("enable.idempotence", "true");
    settings.put("delivery.timeout.ms", Integer.toString(Integer.MAX_VALUE));
    settings.put("max.block.ms", "5000");
    // 0 costs 15 to 20 % of the speed.
    settings.putIfAbsent("linger.ms", "5");
    // 16 kB, Kafka's default, costs 30 to 40 %.
    settings.putIfAbsent("batch.size", "131072");
    settings.putIfAbsent("compression.type", "lz4");
    settings.put("buffer.memory", Long.toString(producerMemory()));
    settings.putAll(more);
    return build(
        () -> new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
  }

  /// A consumer without a group, for reading by `assign`; throws when it has no position. Reads
  /// committed records only.
  public Consumer<byte[], byte[]> reader() {
    return consumer(reading());
  }

  /// A member of a function's group: commits only when told to, throws when it has no position,
  /// reads committed records only.
  ///
  /// @param group the group's id
  /// @param name the client's id, put behind the one that is set as `kafka.client.id`
  /// @param features decides between the new group protocol and the old, unless
  ///   `kafka.group.protocol` does
  /// @param pollRecords the most records that one poll brings
  public Consumer<byte[], byte[]> member(
      String group, String name, ClusterFeatures features, int pollRecords) {
    Map<String, Object> settings = reading();
    settings.put("max.poll.records", Integer.toString(pollRecords));
    settings.put("group.id", group);
    settings.merge("client.id", name, (prefix, ours) -> prefix + "-" + ours);
    Object protocol =
        settings.computeIfAbsent(
            "group.protocol", key -> features.consumerProtocol() ? "consumer" : "classic");
    if (protocol.equals("classic")) {
      settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
    }
    return consumer(settings);
  }

  private Map<String, Object> reading() {
    Map<String, Object> settings = known(ConsumerConfig.configNames());
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "none");
    settings.put("isolation.level", "read_committed");
    settings.putIfAbsent("max.poll.records", Integer.toString(POLL_RECORDS));
    settings.put("allow.auto.create.topics", "false");
    return settings;
  }

  private Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
    return build(() ->
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
  }

  /// The others would only make Kafka's clients warn of settings that they do not know.
  private Map<String, Object> known(Set<String> names) {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.keySet().retainAll(names);
    return settings;
  }

  private <T> T build(Supplier<T> client) {
    try {
      return client.get();
    } catch (RuntimeException e) {
      throw problems.construction(e);
    }
  }

  private String firstAnswer(KafkaFuture<String> id, Duration limit, Reachability network)
      throws ExecutionException, InterruptedException {
    Duration soon = limit.compareTo(FIRST_LOOK) < 0 ? limit : FIRST_LOOK;
    try {
      try {
        return id.get(soon.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException silent) {
        lookForTls(network, silent);
        return id.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException) {
        throw problems.mute(e);
      }
      throw e;
    }
  }

  /// Throws when the settings and the other side disagree about TLS, which shows as silence.
  private void lookForTls(Reachability network, TimeoutException silent) {
    boolean ours = connection.getOrDefault("security.protocol", "PLAINTEXT").endsWith("SSL");
    Reachability.Tls theirs = network.tls(FIRST_LOOK);
    if (theirs == Reachability.Tls.SPOKEN && !ours) {
      throw problems.wantsTls(silent);
    }
    if (theirs == Reachability.Tls.NOT_SPOKEN && ours) {
      throw problems.wantsNoTls(silent);
    }
  }

  /// A broker from before there were features says so by an error.
  private static boolean hasConsumerProtocol(KafkaFuture<FeatureMetadata> features)
      throws ExecutionException, InterruptedException {
    try {
      FinalizedVersionRange version = features.get().finalizedFeatures().get("group.version");
      return version != null && version.maxVersionLevel() >= 1;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnsupportedVersionException) {
        return false;
      }
      throw e;
    }
  }
}
