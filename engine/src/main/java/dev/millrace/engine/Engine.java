package dev.millrace.engine;

import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.KafkaPartition;
import dev.millrace.engine.kafka.ClusterFeatures;
import dev.millrace.engine.kafka.ClusterProblems;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.metrics.Meters;
import dev.millrace.engine.plugin.DirectDelivery;
import dev.millrace.engine.plugin.RetriableDelivery;
import dev.millrace.engine.settings.EngineSettings;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.plugin.Delivery;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/// Runs functions against one cluster, any number side by side. Thread-safe.
///
/// 1. Create it with the cluster's clients.
/// 2. [#start] functions, whose topics must exist; or [#prepare] them for a [BoundedRun].
/// 3. [#close] drains and ends them all; or [#stop] to be told whether all was finished.
public final class Engine implements AutoCloseable {
  /// A quarter of Kafka's `max.poll.interval.ms`: a thread that is away longer risks its
  /// membership.
  private static final Duration TICK_LIMIT = Duration.ofSeconds(75);

  /// A cancelled call that goes on for this long will not end by itself.
  private static final Duration STUCK_LIMIT = Duration.ofSeconds(60);

  private final EngineSettings settings;
  private final KafkaClients clients;
  private final ClusterFeatures features;
  private final Delivery delivery;
  private final Meters meters = new Meters();
  private final List<FunctionRun> runs = new CopyOnWriteArrayList<>();
  private final Admin admin;
  private final ClusterProbe probe;
  private volatile boolean stopping;

  /// An engine without functions, whose outputs go straight to the cluster.
  ///
  /// @param features what the cluster said of itself to [KafkaClients#reach]
  public Engine(EngineSettings settings, KafkaClients clients, ClusterFeatures features) {
    this(settings, clients, features, new DirectDelivery());
  }

  /// The same with outputs that leave in another way.
  public Engine(
      EngineSettings settings, KafkaClients clients, ClusterFeatures features, Delivery delivery) {
    this.delivery = new RetriableDelivery(delivery);
    this.settings = settings;
    this.clients = clients;
    this.features = features;
    this.admin = clients.admin();
    this.probe = new ClusterProbe(admin, features.clusterId(), this::partitions, this::topics);
    this.probe.start();
  }

  /// Starts a function in the consumer group of its name.
  public FunctionRun start(FunctionInvoker invoker, FunctionSettings function) {
    return start(invoker, function, invoker.definition().name());
  }

  /// Starts a function in this consumer group.
  public FunctionRun start(FunctionInvoker invoker, FunctionSettings function, String group) {
    FunctionRun run = prepare(invoker, function, group);
    run.start();
    return run;
  }

  /// A function in this consumer group that reads nothing before [FunctionRun#start].
  public FunctionRun prepare(FunctionInvoker invoker, FunctionSettings function, String group) {
    String name = invoker.definition().name();
    FunctionRun run =
        new FunctionRun(
            invoker,
            function,
            settings,
            group,
            clients,
            features,
            delivery,
            meters.function(name),
            probe);
    runs.add(run);
    DeadLetterTopics.create(admin, run.definition());
    try {
      // Before the first record, whose idempotency key holds them.
      probe.askTopics();
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      runs.remove(run);
      meters.remove(name);
      throw clients.problems().translate(e);
    }
    return run;
  }

  /// Ends a function and forgets it; one of its name can then be started. Whether everything under
  /// way was finished in time.
  public boolean remove(FunctionRun run) throws InterruptedException {
    run.stop();
    boolean drained = run.awaitEnd();
    if (runs.remove(run)) {
      meters.remove(run.definition().name());
    }
    return drained;
  }

  /// Its functions, in the order in which they were prepared or started.
  public List<FunctionRun> runs() {
    return List.copyOf(runs);
  }

  /// All meters of its functions.
  public Meters meters() {
    return meters;
  }

  /// Why this process must be restarted, empty while it need not: a record's fault is no reason.
  public Optional<String> dead() {
    for (FunctionRun run : runs) {
      String name = run.definition().name();
      if (run.sinceTick().compareTo(TICK_LIMIT) > 0) {
        return Optional.of(
            name
                + ": the engine thread has not come round for "
                + run.sinceTick().toSeconds()
                + " s");
      }
      if (run.stuck().compareTo(STUCK_LIMIT) > 0) {
        return Optional.of(
            name + ": a cancelled call has not ended for " + run.stuck().toSeconds() + " s");
      }
    }
    return Optional.empty();
  }

  /// Why this process does not do its work yet or any more, empty while it does.
  public Optional<String> notReady() {
    if (stopping) {
      return Optional.of("stopping");
    }
    if (!probe.connected()) {
      return Optional.of("the cluster cannot be used: " + probe.trouble());
    }
    for (FunctionRun run : runs) {
      if (run.defect().isPresent()) {
        return Optional.of(run.definition().name() + ": ended by a defect of Millrace");
      }
    }
    return runs.stream()
        .filter(run -> !run.assigned())
        .findFirst()
        .map(run -> run.definition().name() + ": waiting for partitions");
  }

  /// Finishes what is under way and ends all functions. Whether everything was finished in time.
  public boolean stop() throws InterruptedException {
    stopping = true;
    runs.forEach(FunctionRun::stop);
    boolean drained = true;
    for (FunctionRun run : runs) {
      drained &= run.awaitEnd();
    }
    probe.close();
    admin.close(Duration.ofSeconds(2));
    return drained;
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  ClusterProblems problems() {
    return clients.problems();
  }

  Admin admin() {
    return admin;
  }

  private Set<TopicPartition> partitions() {
    Set<TopicPartition> partitions = new HashSet<>();
    for (FunctionRun run : runs) {
      run.partitions()
          .forEach(partition -> partitions.add(KafkaPartition.of(partition.partition())));
    }
    return partitions;
  }

  private Set<String> topics() {
    Set<String> topics = new HashSet<>();
    runs.forEach(run -> topics.addAll(run.definition().topics()));
    return topics;
  }
}
