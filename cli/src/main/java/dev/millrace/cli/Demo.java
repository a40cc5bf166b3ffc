package dev.millrace.cli;

import dev.millrace.engine.BoundedRun;
import dev.millrace.engine.FunctionRun;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The main job, shown: a broker, two of the examples, generated events.
@Command(
    name = "demo",
    sortOptions = false,
    description =
        "Start a real Kafka broker, run two of the examples on generated events, and show what"
            + " happened. Nothing is kept.",
    footer = {
      "",
      "With --output json one JSON object at the end: events sent, records in and out of each",
      "function, records in each topic, seconds, and whether every sale is accounted for.",
      "",
      "  millrace demo",
      "  millrace demo --records 100000"
    })
final class Demo implements Callable<Integer> {
  /// The functions, packed beside this class.
  private static final List<String> FILES =
      List.of("EventDrivenPrediction.java", "SalesValidation.java");

  private static final int PARTITIONS = 3;

  /// A pace for the eye; many events go faster, so that nobody waits.
  private static final double EVENTS_A_SECOND = 500;

  private static final double SECONDS_TO_WATCH = 4;

  private static final int READ_EVERY = 25;
  private static final Duration SAMPLE_PATIENCE = Duration.ofSeconds(5);

  private final Console console;

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "How many events to send (default: ${DEFAULT-VALUE}).")
  private long records = 2_000;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "For people (text, the default) or for programs (json).")
  private OutputFormat output = OutputFormat.TEXT;

  @Option(
      names = {"-v", "--verbose"},
      description = "Tell more on standard error.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  Demo(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (records < 1) {
      throw new SetupException("--records", records + " is no number of events", "Give 1 or more");
    }
    Logging.start(console.err(), verbose);
    DemoReport report = new DemoReport(console, output == OutputFormat.JSON);
    report.starting();
    Path folder = Files.createTempDirectory("millrace-demo-");
    try {
      List<Path> files = unpack(folder);
      try (LoadedFunctions loaded =
              LoadedFunctions.load(
                  files, PluginSettings.defaults(), console, output == OutputFormat.JSON);
          LocalBroker broker = LocalBroker.ephemeral(0);
          Cluster cluster = broker.connect()) {
        return run(report, loaded, cluster);
      }
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static List<Path> unpack(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String name : FILES) {
      Path file = folder.resolve(name);
      try (InputStream source = Demo.class.getResourceAsStream("demo/" + name)) {
        Files.copy(Objects.requireNonNull(source, name), file);
      }
      files.add(file);
    }
    return files;
  }

  private int run(DemoReport report, LoadedFunctions loaded, Cluster cluster)
      throws InterruptedException {
    // Nobody's settings but the demo's own: it shows the same everywhere.
    SettingsSources nobodys =
        new SettingsSources(
            Optional.empty(), Optional.empty(), Map.of(), Map.of(), loaded.annotated());
    Settings settings = loaded.check(Settings.readWithoutCluster(nobodys), List.of());
    DemoTally.TOPICS.forEach(topic ->
        cluster.topics().create(topic, Optional.of(PARTITIONS), Optional.empty(), Map.of()));
    KafkaClients clients = cluster.clients();
    report.ready(clients.bootstrap());
    try (RunningFunctions running =
            RunningFunctions.prepare(loaded.invokers(), loaded.plugins(), settings, cluster);
        Consumer<byte[], byte[]> reader = reader(clients)) {
      running.start();
      running.awaitReady(console.stop());
      return show(report, running, clients, reader);
    } catch (KafkaException e) {
      throw cluster.translate(e);
    }
  }

  private int show(
      DemoReport report,
      RunningFunctions running,
      KafkaClients clients,
      Consumer<byte[], byte[]> reader)
      throws InterruptedException {
    DemoTally tally = new DemoTally();
    long start = System.nanoTime();
    long sent = send(report, clients, reader, tally);
    BoundedRun bounded =
        new BoundedRun(running.engine(), running.engine().runs(), Optional.empty(), progress -> {});
    while (!bounded.advance()) {
      read(reader, tally, Duration.ofMillis(20));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    readToTheEnd(reader, tally);
    report.outcome(
        new DemoReport.Outcome(sent, records, seconds, firstMessageSeconds(tally), paced()),
        inOrder(running.engine().runs()),
        tally);
    if (!bounded.unfinished().isEmpty() || !tally.accounted()) {
      return ExitCode.FAILED;
    }
    report.next();
    return sent == records ? ExitCode.DONE : ExitCode.STOPPED;
  }

  /// Each function before those that read what it writes.
  private static List<FunctionRun> inOrder(List<FunctionRun> runs) {
    return runs.stream()
        .sorted(
            Comparator.comparing(
                run -> DemoTally.TOPICS.indexOf(run.definition().topics().getFirst())))
        .toList();
  }

  /// Sends the events; the first ones are shown on their way.
  ///
  /// @return how many the cluster has
  private long send(
      DemoReport report, KafkaClients clients, Consumer<byte[], byte[]> reader, DemoTally tally) {
    AtomicReference<Exception> failure = new AtomicReference<>();
    DemoEvents events = new DemoEvents();
    long sent = 0;
    try (Producer<byte[], byte[]> producer = clients.producer();
        RunProgress progress = new RunProgress(console)) {
      long sample = Math.min(records, DemoEvents.SAMPLE);
      while (sent < sample) {
        // One by one, so that the first of each topic belong together.
        send(producer, events, failure);
        producer.flush();
        awaitOutputs(reader, tally, ++sent);
      }
      report.samples(tally);
      Pace pace = new Pace(rate(), console.stop());
      while (sent < records && !console.stop().requested() && failure.get() == null) {
        pace.next();
        send(producer, events, failure);
        if (++sent % READ_EVERY == 0) {
          progress.at(new BoundedRun.Progress("events", sent, records, Set.of()));
          read(reader, tally, Duration.ZERO);
        }
      }
      producer.flush();
    }
    Exception lost = failure.get();
    if (lost != null) {
      throw clients.problems().translate(lost);
    }
    return sent;
  }

  private static void send(
      Producer<byte[], byte[]> producer, DemoEvents events, AtomicReference<Exception> failure) {
    producer.send(
        events.next(),
        (metadata, e) -> {
          if (e != null) {
            failure.compareAndSet(null, e);
          }
        });
  }

  private boolean paced() {
    return output == OutputFormat.TEXT && (console.outTerminal() || console.errTerminal());
  }

  private double rate() {
    return paced() ? Math.max(EVENTS_A_SECOND, records / SECONDS_TO_WATCH) : 0;
  }

  private static Consumer<byte[], byte[]> reader(KafkaClients clients) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : DemoTally.TOPICS) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        partitions.add(new TopicPartition(topic, partition));
      }
    }
    Consumer<byte[], byte[]> reader = clients.reader();
    reader.assign(partitions);
    reader.seekToBeginning(partitions);
    return reader;
  }

  private static void read(Consumer<byte[], byte[]> reader, DemoTally tally, Duration patience) {
    reader.poll(patience).forEach(tally::add);
  }

  /// Reads until so many events are there and what comes of them, or not much longer.
  private void awaitOutputs(Consumer<byte[], byte[]> reader, DemoTally tally, long events) {
    long deadline = System.nanoTime() + SAMPLE_PATIENCE.toNanos();
    while (!tally.complete(events) && System.nanoTime() < deadline && !console.stop().requested()) {
      read(reader, tally, Duration.ofMillis(20));
    }
  }

  private static void readToTheEnd(Consumer<byte[], byte[]> reader, DemoTally tally) {
    Map<TopicPartition, Long> ends = reader.endOffsets(reader.assignment());
    while (ends.entrySet().stream()
        .anyMatch(end -> reader.position(end.getKey()) < end.getValue())) {
      read(reader, tally, Duration.ofMillis(100));
    }
  }

  private static double firstMessageSeconds(DemoTally tally) {
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    return (tally.firstOutput().orElse(start) - start) / 1_000.0;
  }
}
