package dev.millrace.cli.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import dev.millrace.broker.EmbeddedKafka;
import dev.millrace.engine.Engine;
import dev.millrace.engine.FunctionRun;
import dev.millrace.engine.FunctionStatus.Word;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.settings.EngineSettings;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.RetrySettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The table over two functions that run, in a terminal without a window.
@Timeout(120)
class ScreenIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PLACE = "Kafka localhost:9092   http://localhost:1/metrics";
  private static final String UP = "\033[A";
  private static final String DOWN = "\033OB";

  private static EmbeddedKafka kafka;
  private static KafkaClients clients;
  private static Engine engine;
  private static volatile boolean strict;

  private final Glass glass = new Glass(120, 30);
  private final ByteArrayOutputStream later = new ByteArrayOutputStream();
  private final AtomicInteger quits = new AtomicInteger();
  private Screen screen;

  /// The author's code.
  public static class Work {
    @KafkaFunction(name = "first", topics = "one.in", outputs = @Output(topic = "one.out"))
    public String first(String text) {
      if (strict && text.equals("poison")) {
        throw new IllegalStateException("no use for it");
      }
      return text;
    }

    @KafkaFunction(name = "second", topics = "two.in")
    public void second(String text) {}
  }

  @BeforeAll
  static void run() throws Exception {
    kafka = EmbeddedKafka.start();
    clients = new KafkaClients(kafka.clientSettings());
    try (Admin admin = clients.admin()) {
      admin
          .createTopics(
              Stream.of("one.in", "one.out", "two.in")
                  .map(topic -> new NewTopic(topic, 1, (short) 1))
                  .toList())
          .all()
          .get();
    }
    engine =
        new Engine(
            new EngineSettings(
                1_000, 64L << 20, Duration.ofSeconds(1), 1_000, PATIENCE, Duration.ofSeconds(5)),
            clients,
            clients.reach(PATIENCE));
    List<FunctionDefinition> definitions =
        FunctionScanner.scan(List.of(Work.class), any -> Path.of("."));
    FunctionInstances instances = FunctionInstances.create(definitions);
    definitions.forEach(one -> engine.start(new FunctionInvoker(one, instances), settings()));
    await()
        .atMost(PATIENCE)
        .until(() -> engine.runs().stream().allMatch(run -> run.status().word() == Word.IDLE));
  }

  private static FunctionSettings settings() {
    return FunctionSettings.defaults()
        .withRetry(new RetrySettings(0, Duration.ofMillis(1), Duration.ofMillis(1)));
  }

  @AfterAll
  static void end() {
    engine.close();
    kafka.close();
  }

  @BeforeEach
  void open() {
    glass.print("before\r\n");
    screen =
        new Screen(
            glass.terminal, engine, PLACE, true, quits::incrementAndGet, new PrintStream(later));
  }

  @AfterEach
  void close() throws Exception {
    strict = false;
    screen.close();
    engine.runs().forEach(FunctionRun::resume);
  }

  private static FunctionRun run(String name) {
    return engine.runs().stream()
        .filter(one -> one.definition().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void send(String topic, String value) {
    try (Producer<byte[], byte[]> producer = clients.producer()) {
      producer.send(new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /// Waits for a line that begins so and goes on so.
  private void shows(String begin, String... parts) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(glass.lines())
                .anyMatch(
                    line -> line.startsWith(begin) && Stream.of(parts).allMatch(line::contains)));
  }

  @Test
  void theTableStandsBelowWhatWasPrinted() {
    // When
    shows("> first");
    // Then
    List<String> lines = glass.lines();
    assertThat(lines).startsWith("before", "").hasSize(30);
    assertThat(lines.subList(22, 26))
        .satisfiesExactly(
            rule -> assertThat(rule).matches("[\u2500q]{119}"),
            head -> assertThat(head).startsWith("  FUNCTION  STATUS  "),
            first -> assertThat(first).startsWith("> first "),
            second -> assertThat(second).startsWith("  second "));
    assertThat(lines.getLast()).endsWith("q quit   " + PLACE);
    assertThat(glass.cursor()).isEqualTo(1);
  }

  @Test
  void theChosenFunctionIsPausedAndResumed() {
    // When
    glass.type(DOWN + "p");
    // Then
    shows("> second", "PAUSED");
    shows("    status        PAUSED, r goes on");
    assertThat(run("first").status().word()).isNotEqualTo(Word.PAUSED);
    glass.type("r");
    shows("> second", "IDLE");
  }

  @Test
  void choosingEndsAtTheFirstAndTheLast() {
    // When
    glass.type("j" + DOWN + "j");
    // Then
    shows("> second");
    glass.type("k" + UP + "kk");
    shows("> first");
  }

  @Test
  void outputsAndFailuresAreShownWithTheAuthorsLine() {
    // Given
    strict = true;
    send("one.in", "hello");
    shows("> first", "IDLE", "one.out  hello");
    shows("    last output   one.out  hello");
    send("one.in", "poison");
    shows("> first", "STOPPED", "ScreenIT.java:");
    shows("    status        STOPPED, r tries again: one.in-0 @ 1: the function threw");
    // When
    glass.type("s");
    // Then
    shows("[first, one.in-0 @ 1] the function threw IllegalStateException");
    shows("java.lang.IllegalStateException: no use for it");
    shows("    at dev.millrace.cli.live.ScreenIT$Work.first(ScreenIT.java:");
  }

  @Test
  void aFunctionThatNeverFailedHasNoStack() {
    // When
    glass.type("js");
    // Then
    shows("[second] nothing has failed.");
  }

  @Test
  void qAsksForTheEnd() {
    // When
    glass.type("xq");
    // Then
    await().atMost(PATIENCE).until(() -> quits.get() == 1);
  }

  @Test
  void ctrlCAsksForTheEndToo() {
    // When
    glass.type("\003");
    // Then
    assertThat(quits).hasValue(1);
  }

  /// As JLine does when the process is told to end.
  @Test
  void aTerminalThatIsClosedUnderTheTableIsGivenBackAllTheSame() throws Exception {
    // Given
    glass.close();
    screen.prints().println("during");
    // When
    screen.close();
    // Then
    assertThat(later.toString(StandardCharsets.UTF_8))
        .isEqualTo("during" + System.lineSeparator() + "\0337\033[r\0338\033[J");
  }

  @Test
  void whoComesBackFromTheShellFindsTheTable() {
    // Given a shell that had the terminal
    shows("> first");
    Attributes cooked = glass.terminal.getAttributes();
    cooked.setLocalFlag(Attributes.LocalFlag.ICANON, true);
    glass.terminal.setAttributes(cooked);
    glass.print("\r\n$ fg\r\n");
    // When
    glass.terminal.raise(Terminal.Signal.CONT);
    // Then
    assertThat(glass.terminal.getAttributes().getLocalFlag(Attributes.LocalFlag.ICANON)).isFalse();
    assertThat(glass.lines()).startsWith("before", "", "$ fg", "");
    assertThat(glass.lines()).filteredOn(line -> line.startsWith("> first")).hasSize(1);
  }

  @Test
  void anotherSizeIsFollowedAtOnce() {
    // Given
    shows("> first");
    for (int[] size : new int[][] {{80, 24}, {50, 15}, {46, 6}, {200, 50}}) {
      // When
      glass.resize(size[0], size[1]);
      // Then
      assertThat(glass.lines()).hasSize(size[1]).allMatch(line -> line.length() < size[0]);
      assertThat(glass.lines()).filteredOn(line -> line.startsWith("> first")).hasSize(1);
      assertThat(glass.lines()).filteredOn(line -> line.contains("q quit")).hasSize(1);
    }
    assertThat(glass.lines()).filteredOn("before"::equals).hasSize(1);
  }

  @Test
  void printsOfSeveralThreadsScrollAboveTheTable() throws Exception {
    // When
    List<Thread> threads =
        Stream.of("a", "b", "c")
            .map(name ->
                Thread.ofPlatform()
                    .start(() -> {
                      for (int i = 0; i < 100; i++) {
                        screen.prints().println(name + " " + i);
                      }
                    }))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    // Then
    List<String> lines = glass.lines();
    assertThat(lines.subList(0, 21)).allMatch(line -> line.matches("[abc] [0-9]+"));
    assertThat(lines.subList(21, 25))
        .satisfiesExactly(
            cursor -> assertThat(cursor).isEmpty(),
            rule -> assertThat(rule).hasSize(119),
            head -> assertThat(head).startsWith("  FUNCTION"),
            first -> assertThat(first).startsWith("> first"));
  }

  @Test
  void theTerminalIsGivenBackAsItWas() throws Exception {
    // Given
    PrintStream held = screen.prints();
    held.println("during");
    // When
    screen.close();
    held.println("after");
    // Then
    assertThat(glass.lines()).startsWith("before", "during", "");
    assertThat(glass.lines().subList(2, 30)).allMatch(String::isEmpty);
    assertThat(glass.cursor()).isEqualTo(2);
    assertThat(later.toString(StandardCharsets.UTF_8)).isEqualTo("after" + System.lineSeparator());
  }
}
