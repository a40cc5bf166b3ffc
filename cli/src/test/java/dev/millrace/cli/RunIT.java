package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class RunIT {
  private static ClusterFixture cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    cluster = new ClusterFixture();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void untilTheEndEverythingIsDone() throws Exception {
    // Given
    topics("good.in", "good.out");
    Path file = function("Good", "good", "good.in", "good.out");
    // When
    Millrace run = run(file, "--until", "end", "--output", "json");
    // Then
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.jsonLines().getFirst().get("event").asString()).isEqualTo("started");
    JsonNode ended = run.jsonLines().getLast();
    assertThat(ended.get("event").asString()).isEqualTo("ended");
    JsonNode function = ended.get("functions").get(0);
    assertThat(function.get("in").asInt()).isEqualTo(6);
    assertThat(function.get("out").get("good.out").asInt()).isEqualTo(6);
    assertThat(function.get("status").asString()).isEqualTo("ok");
    assertThat(function.get("stopped").isEmpty()).isTrue();
    assertThat(cluster.values("good.out")).hasSize(6);
  }

  @Test
  void aStoppedFunctionIsSaidWithItsPlace() throws Exception {
    // Given
    topics("bad.in", "bad.out");
    cluster.send("bad.in", 0, null, "poison");
    Path file = function("Bad", "bad", "bad.in", "bad.out");
    // When
    Millrace run =
        run(file, "--until", "end", "--from", "earliest", "--retries", "0", "--output", "json");
    // Then
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FAILED);
    JsonNode function = run.jsonLines().getLast().get("functions").get(0);
    assertThat(function.get("status").asString()).isEqualTo("stopped");
    assertThat(function.get("reason").asString()).startsWith("bad.in-0 @ ");
    JsonNode stopped = function.get("stopped").get(0);
    assertThat(stopped.get("topic").asString()).isEqualTo("bad.in");
    assertThat(stopped.get("partition").asInt()).isZero();
    assertThat(stopped.get("offset").asInt()).isEqualTo(6);
    JsonNode error = JsonMapper.shared().readTree(run.err().lines().toList().getLast());
    assertThat(error.get("error").asString()).isEqualTo("failed");
    assertThat(cluster.admin.listGroups().all().get())
        .noneMatch(group -> group.groupId().startsWith("millrace-bad-"));
  }

  @Test
  void aPersonSeesWhereItStoppedAndWhatToDo() throws Exception {
    // Given
    topics("slow.in", "slow.out");
    cluster.send("slow.in", 0, null, "poison");
    Path file = function("Slow", "slow", "slow.in", "slow.out");
    // When
    Millrace run = run(file, "--until", "end", "--retries", "0");
    // Then
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err())
        .contains(
            "[slow] 6 records in, 6 out, stopped at slow.in-0 @ 6",
            "[slow] not everything could be done: stopped at slow.in-0 @ 6: ",
            "Nothing is lost.");
  }

  @ParameterizedTest
  @CsvSource({"skip, '1 passed over', 1, 0", "dead-letter, '1 dead letter', 0, 1"})
  void whatIsPutAsideIsCounted(String then, String words, int skipped, int dead) throws Exception {
    // Given
    String name = "aside-" + then;
    topics(name + ".in", name + ".out");
    cluster.send(name + ".in", 0, null, "poison");
    Path file = function("Aside", name, name + ".in", name + ".out");
    // When
    Millrace people = run(file, "--until", "end", "--retries", "0", "--on-error", then);
    Millrace programs =
        run(
            file,
            "--until",
            "end",
            "--from",
            "earliest",
            "--retries",
            "0",
            "--on-error",
            then,
            "--output",
            "json");
    // Then
    assertThat(people.code()).as(people.err()).isZero();
    assertThat(people.err()).contains("[" + name + "] 7 records in, 6 out, " + words + "\n");
    JsonNode function = programs.jsonLines().getLast().get("functions").get(0);
    assertThat(function.get("in").asInt()).isEqualTo(7);
    assertThat(function.get("skipped").asInt()).isEqualTo(skipped);
    assertThat(function.get("deadLetters").asInt()).isEqualTo(dead);
  }

  @Test
  void theMessageItStoppedAtIsTriedByTheCommandThatIsPrinted() throws Exception {
    // Given
    topics("odd.in", "odd.out");
    cluster.send("odd.in", 0, "key", "poison");
    Path file = function("Odd", "odd", "odd.in", "odd.out");
    String said = "[odd] stopped at the message odd.in/0/6. Try it with: ";
    Millrace run = run(file, "--until", "end", "--retries", "0");
    String command =
        run.err().lines().filter(line -> line.startsWith(said)).findFirst().orElse(run.err());
    // When
    Millrace tried = copied(command.substring(said.length()));
    // Then
    assertThat(tried.code()).as(tried.err()).isEqualTo(ExitCode.FAILED);
    assertThat(tried.out())
        .contains("odd.in-0 @ 6  poison", "[odd] 1 message: 0 done, 1 failed; no outputs");
    Path sample = folder.resolve("poison.jsonl");
    copied(command.substring(said.length()) + " --save " + sample);
    assertThat(sample).content().contains("\"offset\":6", "poison");
    Millrace none = copied(command.substring(said.length()).replace("/6", "/7"));
    assertThat(none.code()).isEqualTo(ExitCode.USAGE);
    assertThat(none.err())
        .isEqualTo(
            "[odd.in/0/7] there is no such message: it was deleted, or never written. 'millrace"
                + " topics show odd.in' says which offsets there are.\n");
  }

  @Test
  void whileItRunsTheCommandIsPrintedOnce() throws Exception {
    // Given
    topics("late.in", "late.out");
    Path file = function("Late", "late", "late.in", "late.out");
    TestConsole console = new TestConsole(folder.resolve("cache"));
    String[] args = cluster.pointed("run", file.toString(), "--retries", "0");
    CompletableFuture<Millrace> run = CompletableFuture.supplyAsync(() -> console.run(args));
    String said = "[late] stopped at the message late.in/0/6. Try it with: millrace test ";
    // When
    cluster.send("late.in", 0, "key", "poison");
    // Then
    await().atMost(Duration.ofSeconds(30)).until(() -> console.err().contains(said));
    console.stop.request();
    assertThat(run.join().err()).containsOnlyOnce(said);
  }

  /// What a person copies into a shell.
  private Millrace copied(String command) {
    List<String> words = List.of(command.split(" "));
    assertThat(words.getFirst()).isEqualTo("millrace");
    return new TestConsole(folder.resolve("cache"))
        .run(words.subList(1, words.size()).toArray(String[]::new));
  }

  @Test
  void settingsThatAreSavedHoldForWhatRunsAndNothingIsLost() throws Exception {
    // Given
    cluster.create("live.in", 4);
    cluster.create("live.out", 1);
    Path file =
        Files.writeString(
            folder.resolve("Sizes.java"),
            """
            import dev.millrace.KafkaFunction;
            import dev.millrace.Output;
            import java.util.List;

            public class Sizes {
              @KafkaFunction(name = "sizes", topics = "live.in", outputs = @Output(topic = "live.out"))
              public List<String> call(List<String> records) throws InterruptedException {
                Thread.sleep(2);
                return records.stream().map(record -> records.size() + " " + record).toList();
              }
            }
            """);
    Path settings = Files.writeString(folder.resolve("millrace.yaml"), "batch-size: 1\n");
    Path platform = Files.writeString(folder.resolve("platform.yaml"), "owner: somebody\n");
    TestConsole console = new TestConsole(folder.resolve("cache"));
    String[] args =
        cluster.pointed(
            "run",
            file.toString(),
            "--config",
            settings.toString(),
            "--platform",
            platform.toString());
    CompletableFuture<Millrace> running = CompletableFuture.supplyAsync(() -> console.run(args));
    sendTo("live.in", 0, 500);
    await().atMost(Duration.ofSeconds(30)).until(() -> cluster.values("live.out").size() > 0);
    // When
    Files.writeString(settings, "batch-size: 50\nconsumers: 2\nbatch-wait: 100ms\n");
    sendTo("live.in", 500, 2500);
    said(console, running, "[sizes] batch-size: 1 -> 50 (" + settings + ":1).");
    said(console, running, "[sizes] consumers: 1 -> 2 (" + settings + ":2).");
    sendTo("live.in", 2500, 3000);
    await().atMost(Duration.ofSeconds(30)).until(() -> numbers().size() == 3000);
    Files.writeString(platform, "locked: [batch-size]\n");
    said(console, running, "'batch-size' is locked by");
    Files.writeString(platform, "owner: somebody\nmetrics-port: 9\n");
    said(console, running, "[run] metrics-port: 0 -> 9 (" + platform + ":2). Restart to apply.");
    Files.writeString(settings, "batch-size: 3\n");
    said(console, running, "[sizes] batch-size: 50 -> 3 (" + settings + ":1).");
    said(console, running, "[sizes] consumers: 2 -> 1 (default).");
    int before = cluster.values("live.out").size();
    sendTo("live.in", 3000, 3500);
    await().atMost(Duration.ofSeconds(30)).until(() -> numbers().size() == 3500);
    console.stop.request();
    // Then
    assertThat(running.get().code()).as(console.err()).isZero();
    List<String> values = cluster.values("live.out");
    assertThat(values.getFirst()).startsWith("1 ");
    assertThat(values).anyMatch(value -> value.startsWith("50 "));
    assertThat(values.subList(before, values.size()))
        .allMatch(value -> Integer.parseInt(value.split(" ")[0]) <= 3)
        .anyMatch(value -> value.startsWith("3 "));
  }

  private static void said(TestConsole console, CompletableFuture<Millrace> running, String line) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> console.err().contains(line) || running.isDone());
    assertThat(console.err()).contains(line);
  }

  private static void sendTo(String topic, int from, int to) {
    try (var producer = cluster.producer()) {
      for (int i = from; i < to; i++) {
        producer.send(new ProducerRecord<>(topic, i % 4, null, ClusterFixture.bytes("r" + i)));
      }
    }
  }

  /// Which records came out, however often.
  private static Set<String> numbers() {
    return cluster.values("live.out").stream()
        .map(value -> value.split(" ")[1])
        .collect(Collectors.toSet());
  }

  @Test
  void aTopicDeletedMeanwhileEndsTheRun() throws Exception {
    // Given a function that goes on trying
    topics("gone.in", "gone.out");
    Path file = function("Gone", "gone", "gone.in", "gone.out");
    cluster.send("gone.in", 0, null, "poison");
    CompletableFuture<Millrace> running =
        CompletableFuture.supplyAsync(() -> run(file, "--until", "end", "--retries", "1000"));
    await().atMost(Duration.ofSeconds(30)).until(() -> cluster.values("gone.out").size() == 6);
    // When
    cluster.admin.deleteTopics(List.of("gone.in")).all().get();
    Millrace run = running.get();
    // Then
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err())
        .contains(
            "[gone] not everything could be done: the topic 'gone.in' is not there. What was done"
                + " stays done. See that the topic is there and run it again.");
  }

  @Test
  void aMissingTopicIsRefusedWithItsCommand() throws Exception {
    // Given
    Path file = function("Lost", "lost", "nowhere.in", "nowhere.out");
    // When
    Millrace run = run(file, "--until", "end");
    // Then
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err())
        .contains(
            "[lost] the topic 'nowhere.in' is not there", "'millrace topics create nowhere.in'");
  }

  @Test
  void everythingWrongIsSaidAtOnce() throws Exception {
    // Given
    Path file =
        Files.writeString(
            folder.resolve("Wrong.java"),
            """
            import dev.millrace.KafkaFunction;
            import java.util.List;

            public class Wrong {
              @KafkaFunction(name = "two-parameters", topics = "absent.in", retries = -3)
              public void call(List<String> records, String more) {}

              @KafkaFunction(name = "right", topics = "absent.too")
              public void right(List<String> records) {}
            }
            """);
    Path settings =
        Files.writeString(
            folder.resolve("millrace.yaml"),
            "batch-sise: 5\nfunctions:\n  right:\n    consumers: none\n");
    // When
    Millrace run = run(file, "--config", settings.toString());
    // Then
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err().lines().toList())
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).contains("[Wrong.call] takes 2 parameters"),
            line -> assertThat(line).contains("retries] '-3' is out of range"),
            line -> assertThat(line).contains("'batch-sise'", "Write 'batch-size'"),
            line -> assertThat(line).contains("functions.right.consumers] 'none' is not a whole"),
            line ->
                assertThat(line).contains("[two-parameters] the topic 'absent.in' is not there"),
            line -> assertThat(line).contains("[right] the topic 'absent.too' is not there"));
  }

  @Test
  void withoutAClusterTheRestIsStillSaid() throws Exception {
    // Given
    Path file = function("Alone", "alone", "alone.in", "alone.out");
    String[] args = {"run", file.toString(), "--bootstrap", "localhost:1", "--retries", "many"};
    // When
    Millrace run = new TestConsole(folder.resolve("cache")).run(args);
    // Then
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err().lines().toList())
        .singleElement()
        .asString()
        .contains("[--retries] 'many' is not a whole number");
  }

  @Test
  void settingsOfAFunctionWithNearlyThisNameAreAWarning() throws Exception {
    // Given
    topics("near.in", "near.out");
    Path file = function("Near", "near-name", "near.in", "near.out");
    Path settings =
        Files.writeString(
            folder.resolve("millrace.yaml"), "functions:\n  naer-name:\n    retries: 2\n");
    // When
    Millrace run = run(file, "--until", "end", "--config", settings.toString());
    // Then
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err())
        .contains(
            "no function 'naer-name' runs here, and nothing is set for 'near-name'. Write"
                + " 'near-name' if that is meant.");
  }

  @Test
  void anOffsetBehindTheEndIsRefused() throws Exception {
    // Given
    topics("short.in", "short.out");
    Path file = function("Short", "short", "short.in", "short.out");
    // When
    Millrace run = run(file, "--from", "99999", "--until", "end");
    // Then
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err())
        .contains(
            "[--from] nothing that 'short' reads goes as far as offset 99999: short.in-0 ends at 6."
                + " Name an offset up to the end; '--from latest' waits for what comes.");
  }

  @Test
  void whatFunctionsPrintIsNotAmongTheJson() throws Exception {
    // Given
    cluster.create("printed.in", 1);
    cluster.send("printed.in", 0, null, "record");
    Path file =
        Files.writeString(
            folder.resolve("Printing.java"),
            """
            import dev.millrace.KafkaFunction;
            import java.util.List;

            public class Printing {
              @KafkaFunction(name = "printing", topics = "printed.in")
              public void call(List<String> records) {
                System.out.println("got " + records);
              }
            }
            """);
    // When
    Millrace run = run(file, "--until", "end", "--output", "json");
    // Then
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.jsonLines()).hasSize(2);
    assertThat(run.err()).contains("got [record]");
  }

  @Test
  void settingsOfAnotherFunctionAreNobodysConcern() throws Exception {
    // Given
    topics("other.in", "other.out");
    Path file = function("Other", "other", "other.in", "other.out");
    Path settings =
        Files.writeString(
            folder.resolve("millrace.yaml"), "functions:\n  elsewhere-it-runs:\n    retries: 2\n");
    // When
    Millrace run = run(file, "--until", "end", "--config", settings.toString());
    // Then
    assertThat(run.code()).as(run.err()).isZero();
  }

  private Millrace run(Path file, String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "run";
    all[1] = file.toString();
    System.arraycopy(args, 0, all, 2, args.length);
    return new TestConsole(folder.resolve("cache")).run(cluster.pointed(all));
  }

  /// Six records to read.
  private static void topics(String in, String out) throws Exception {
    cluster.create(in, 1);
    cluster.create(out, 1);
    for (int i = 0; i < 6; i++) {
      cluster.send(in, 0, null, "record " + i);
    }
  }

  /// One record at a time, and poison is not for it.
  private Path function(String type, String name, String in, String out) throws IOException {
    return Files.writeString(
        folder.resolve(type + ".java"),
        """
        import dev.millrace.KafkaFunction;
        import dev.millrace.Output;
        import java.util.List;

        public class %s {
          @KafkaFunction(name = "%s", topics = "%s", batchSize = 1, outputs = @Output(topic = "%s"))
          public List<String> call(List<String> records) {
            if (records.contains("poison")) {
              throw new IllegalArgumentException("cannot do this");
            }
            return records;
          }
        }
        """
            .formatted(type, name, in, out));
  }
}
