package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Dead letters that a real function made on a real broker.
@Timeout(120)
class DlqIT {
  private static ClusterFixture cluster;

  @TempDir private Path folder;

  private String name;
  private String in;
  private String out;
  private String dlq;

  @BeforeAll
  static void start() {
    cluster = new ClusterFixture();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// A function of its own for each test, with topics of its own.
  @BeforeEach
  void topics() throws Exception {
    name = "f" + UUID.randomUUID().toString().substring(0, 8);
    in = name + ".in";
    out = name + ".out";
    dlq = in + "." + name + ".dlq";
    cluster.create(in, 2);
    cluster.create(out, 1);
  }

  private Path function(String body) throws IOException {
    return Files.writeString(
        folder.resolve("Checked.java"),
        """
        import dev.millrace.KafkaFunction;
        import dev.millrace.Message;
        import dev.millrace.OnError;
        import dev.millrace.Output;
        import java.util.ArrayList;
        import java.util.List;

        public class Checked {
          @KafkaFunction(
              name = "%s",
              topics = "%s",
              retries = 0,
              onError = OnError.DEAD_LETTER,
              outputs = @Output(topic = "%s"))
          public List<String> call(List<Message<String>> messages) {
            List<String> out = new ArrayList<>();
            for (Message<String> message : messages) {
              String value = message.value();
              %s
              out.add(message.partition() + "@" + message.offset() + " " + value);
            }
            return out;
          }
        }
        """
            .formatted(name, in, out, body));
  }

  private Path broken() throws IOException {
    return function(
        """
        if (value.contains("secret poison")) throw new IllegalStateException("cannot do it");
              if (value.contains("letters")) Integer.parseInt(value);
        """);
  }

  private Path fixed() throws IOException {
    return function("");
  }

  /// Twenty messages, of which three are poison and two are no numbers, run to the end.
  private void makeDeadLetters() throws Exception {
    for (int i = 0; i < 20; i++) {
      String value = i % 7 == 3 ? "secret poison " + i : i % 9 == 5 ? "letters " + i : "fine " + i;
      cluster.send(in, i % 2, "key " + i, value);
    }
    Millrace run = run("run", broken().toString(), "--until", "end", "--output", "json");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(cluster.records(dlq)).hasSize(5);
    assertThat(cluster.values(out)).hasSize(15);
  }

  private Millrace run(String... args) {
    return new TestConsole(folder.resolve("cache")).run(cluster.pointed(args));
  }

  private Millrace dlq(String... args) {
    return run(Stream.concat(Stream.of("dlq"), Arrays.stream(args)).toArray(String[]::new));
  }

  private Millrace redrive(Path file, String... more) {
    return dlq(
        Stream.concat(Stream.of("redrive", name, "--with", file.toString()), Arrays.stream(more))
            .toArray(String[]::new));
  }

  private JsonNode list(String... more) {
    Millrace list =
        dlq(
            Stream.concat(
                    Stream.of("list", "--function", name, "--output", "json"), Arrays.stream(more))
                .toArray(String[]::new));
    assertThat(list.code()).as(list.err()).isZero();
    return list.json();
  }

  private long open() {
    long open = 0;
    for (JsonNode group : list()) {
      open += group.get("count").asLong();
    }
    return open;
  }

  @Test
  void theyAreListedByCauseWithoutPayloads() throws Exception {
    // Given
    makeDeadLetters();
    // When
    Millrace list = dlq("list", "--function", name);
    // Then
    assertThat(list.code()).as(list.err()).isZero();
    assertThat(list.out().lines().toList())
        .satisfiesExactly(
            head -> assertThat(head).startsWith("FUNCTION").contains("COUNT", "CAUSE"),
            first ->
                assertThat(first)
                    .containsPattern(name + " +3 +IllegalStateException")
                    .contains(dlq + "/0/", "Checked.call(Checked.java:"),
            second -> assertThat(second).containsPattern(name + " +2 +NumberFormatException"));
    assertThat(list.out()).doesNotContain("poison", "letters", "key ");
    assertThat(list("--error", "numberformat")).hasSize(1);
    assertThat(list("--since", "1h", "--topic", in)).hasSize(2);
    assertThat(list("--since", "2099-01-01T00:00:00Z")).isEmpty();
    assertThat(list("--topic", "elsewhere")).isEmpty();
  }

  @Test
  void oneIsShownAndSavedForATest() throws Exception {
    // Given
    makeDeadLetters();
    String id = list("--error", "IllegalState").get(0).get("example").asString();
    Path sample = folder.resolve("poison.jsonl");
    // When
    Millrace show = dlq("show", id, "--save", sample.toString());
    // Then
    assertThat(show.code()).as(show.err()).isZero();
    assertThat(show.err()).endsWith("The message is in " + sample + ".\n");
    assertThat(show.out())
        .startsWith(id)
        .containsPattern("function +" + name)
        .containsPattern("version +[0-9a-f]{12}\n")
        .containsPattern("message +" + in + "-[01] @ \\d+")
        .containsPattern("error +java.lang.IllegalStateException")
        .containsPattern("says +cannot do it")
        .containsPattern("hops +1")
        .containsPattern("fate +open")
        .contains("at Checked.call(Checked.java:")
        .doesNotContain("secret");
    Millrace tested = run("test", broken().toString(), "--sample", sample.toString());
    assertThat(tested.code()).isEqualTo(ExitCode.FAILED);
    assertThat(tested.out()).contains("cannot do it", "1 failed");
    assertThat(run("test", fixed().toString(), "--sample", sample.toString()).code()).isZero();
    assertThat(dlq("show", id, "--output", "json").json().get("version").asString()).hasSize(12);
    String shortForm = id.substring(id.indexOf('/') + 1);
    assertThat(dlq("show", shortForm, "--topic", dlq, "--payload").out())
        .containsPattern("key +key \\d+")
        .containsPattern("value +secret poison");
    assertThat(dlq("show", id, "--output", "json").json().has("record")).isFalse();
    assertThat(
            dlq("show", id, "--payload", "--output", "json")
                .json()
                .get("record")
                .get("topic")
                .asString())
        .isEqualTo(in);
  }

  @Test
  void whatIsNotThereIsSaid() {
    // Given nothing
    // When
    Millrace show = dlq("show", dlq + "/0/7");
    // Then
    assertThat(show.code()).isEqualTo(ExitCode.USAGE);
    assertThat(show.err()).contains("[" + dlq + "/0/7] there is no dead letter.");
    assertThat(dlq("show", "seven").err()).contains("'seven'] this names no dead letter. Write");
    assertThat(dlq("list", "--function", name).err()).contains("No open dead letters.");
  }

  @Test
  void aDryRunSaysWhatWouldPass() throws Exception {
    // Given a fix of one of two causes
    makeDeadLetters();
    Path half = function("if (value.contains(\"letters\")) Integer.parseInt(value);");
    // When
    Millrace dry = redrive(half, "--dry-run");
    // Then
    assertThat(dry.code()).isEqualTo(ExitCode.FAILED);
    assertThat(dry.out())
        .contains(
            "["
                + name
                + "] 5 dead letters: 3 would pass, 2 would fail again; outputs: 3 to "
                + out
                + "; nothing was sent")
        .containsPattern("2 +NumberFormatException");
    assertThat(cluster.values(out)).hasSize(15);
    assertThat(cluster.records(dlq)).hasSize(5);
    assertThat(open()).isEqualTo(5);
  }

  @Test
  void redriveAfterTheFixEmptiesTheList() throws Exception {
    // Given
    makeDeadLetters();
    // When
    Millrace redrive = redrive(fixed(), "--yes");
    // Then
    assertThat(redrive.code()).as(redrive.err()).isZero();
    assertThat(redrive.out())
        .isEqualTo(
            "["
                + name
                + "] 5 dead letters: 5 redriven, 0 failed again; outputs: 5 to "
                + out
                + "\n");
    assertThat(cluster.values(out)).hasSize(20).doesNotHaveDuplicates();
    assertThat(cluster.values(out)).contains("1@1 secret poison 3", "1@2 letters 5");
    assertThat(open()).isZero();
    assertThat(redrive(fixed(), "--yes").err()).contains("no open dead letters to redrive");
    assertThat(dlq("show", dlq + "/0/0").out())
        .containsPattern("fate +redriven .* by " + System.getProperty("user.name"));
  }

  @Test
  void theVerdictStopEndsARedriveThere() throws Exception {
    // Given
    makeDeadLetters();
    Path stopping =
        function(
            """
            if (value.contains("letters 5")) {
                    throw new dev.millrace.VerdictException(dev.millrace.Verdict.stop("no licence"));
                  }
            """);
    // When
    Millrace redrive = redrive(stopping, "--yes");
    // Then
    assertThat(redrive.code()).isEqualTo(ExitCode.FAILED);
    assertThat(redrive.err())
        .containsPattern(
            "\\["
                + name
                + "] the redrive ended at "
                + dlq
                + "/0/[0-4]: the function stops at it: no licence\\. Mend that and run it again: it"
                + " goes on there\\.\n");
    assertThat(redrive(fixed(), "--yes").code()).isZero();
    assertThat(open()).isZero();
  }

  @Test
  void whatTheClusterRefusesStaysAsItIs() throws Exception {
    // Given a topic that takes nothing as large as a dead letter
    makeDeadLetters();
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, dlq);
    cluster
        .admin
        .incrementalAlterConfigs(
            Map.of(
                topic,
                List.of(
                    new AlterConfigOp(
                        new ConfigEntry("max.message.bytes", "90"), AlterConfigOp.OpType.SET))))
        .all()
        .get();
    Awaitility.await()
        .until(() ->
            cluster.admin.describeConfigs(List.of(topic)).all().get().values().stream()
                .anyMatch(config -> config.get("max.message.bytes").value().equals("90")));
    // When
    Millrace redrive = redrive(broken(), "--yes");
    // Then
    assertThat(redrive.code()).isEqualTo(ExitCode.FAILED);
    assertThat(redrive.out()).contains("5 dead letters: 0 redriven, 5 failed again; no outputs");
    assertThat(redrive.err())
        .contains(
            "["
                + name
                + "] 5 dead letters failed again and stay as they are: the cluster refused the new"
                + " ones. Make the dead-letter topic's max.message.bytes larger, or ask for the"
                + " right to write to it.\n");
    assertThat(open()).isEqualTo(5);
  }

  @Test
  void whatIsNoFateIsSaidAndLeftOut() throws Exception {
    // Given
    makeDeadLetters();
    assertThat(redrive(fixed(), "--yes").code()).isZero();
    cluster.send("__millrace.dlq", 0, dlq + "/0/0", "no fate");
    // When
    Millrace list = dlq("list", "--function", name);
    // Then
    assertThat(list.code()).isZero();
    assertThat(list.err())
        .containsPattern(
            "\\[__millrace\\.dlq] offset [0-9]+ is no fate of a dead letter and is left out\\. It"
                + " was written by something else, or by a later Millrace\\.");
  }

  @Test
  void aListThatIsStoppedIsNoEmptyOne() {
    // Given
    TestConsole console = new TestConsole(folder.resolve("cache"));
    console.stop.request();
    // When
    Millrace list = console.run(cluster.pointed("dlq", "list"));
    // Then
    assertThat(list.code()).isEqualTo(ExitCode.STOPPED);
    assertThat(list.err())
        .endsWith("[dlq list] stopped before all dead letters were read. Start it again.\n");
  }

  @Test
  void aTimeThatIsNoneIsRefused() {
    // Given nothing
    // When
    Millrace list = dlq("list", "--since", "yesterday");
    // Then
    assertThat(list.code()).isEqualTo(ExitCode.USAGE);
    assertThat(list.err())
        .contains(
            "'yesterday' is neither a time as 2026-01-31T12:00:00Z nor how far back as 15m, 2h,"
                + " 3d.");
  }

  @Test
  void filtersAndMaxTakeSome() throws Exception {
    // Given
    makeDeadLetters();
    // When
    Millrace redrive = redrive(fixed(), "--yes", "--filter", "IllegalState", "--max", "2");
    // Then
    assertThat(redrive.out()).contains("2 dead letters: 2 redriven");
    assertThat(open()).isEqualTo(3);
    assertThat(list("--error", "IllegalState").get(0).get("count").asInt()).isEqualTo(1);
  }

  @Test
  void whatFailsAgainAndAgainIsLeftAloneInTheEnd() throws Exception {
    // Given one dead letter
    cluster.send(in, 0, null, "secret poison");
    Path file = broken();
    assertThat(run("run", file.toString(), "--until", "end").code()).isZero();
    // When
    Millrace last = redrive(file, "--yes");
    for (int hops = 3; hops <= 5; hops++) {
      last = redrive(file, "--yes");
    }
    // Then
    assertThat(last.code()).isEqualTo(ExitCode.FAILED);
    assertThat(last.out())
        .contains("1 dead letter: 0 redriven, 1 failed again; no outputs")
        .containsPattern("1 +IllegalStateException");
    assertThat(list())
        .singleElement()
        .satisfies(group -> {
          assertThat(group.get("count").asInt()).isEqualTo(1);
          assertThat(group.get("hops").asInt()).isEqualTo(5);
        });
    assertThat(dlq("show", dlq + "/0/0").out()).contains("failed-again");
    Millrace guarded = redrive(fixed(), "--yes");
    assertThat(guarded.code()).isZero();
    assertThat(guarded.err())
        .contains("1 dead letter left alone: failed 5 times or more. Take them along with --max");
    assertThat(open()).isEqualTo(1);
    assertThat(redrive(fixed(), "--yes", "--max-hops", "6").code()).isZero();
    assertThat(open()).isZero();
  }

  @Test
  void stoppedBetweenOutputsAndFatesItLosesNothing() throws Exception {
    // Given a redrive whose fates were lost, as by a kill after the outputs
    makeDeadLetters();
    assertThat(redrive(fixed(), "--yes").code()).isZero();
    for (int offset = 0; offset < 5; offset++) {
      byte[] key = (dlq + "/0/" + offset).getBytes(StandardCharsets.UTF_8);
      cluster.send(new ProducerRecord<>("__millrace.dlq", key, null));
    }
    assertThat(open()).isEqualTo(5);
    // When
    Millrace again = redrive(fixed(), "--yes");
    // Then its outputs are there twice, and nothing is open
    assertThat(again.code()).isZero();
    assertThat(cluster.values(out)).hasSize(25);
    assertThat(open()).isZero();
  }

  @Test
  void aKilledRedriveIsGoneOnWith() throws Exception {
    // Given a function that ends its process at the third dead letter
    makeDeadLetters();
    Path killing =
        function(
            """
            int calls = Integer.getInteger("calls", 0);
                  if (calls == 2) Runtime.getRuntime().halt(9);
                  System.setProperty("calls", "" + (calls + 1));
            """);
    Path settings = Files.writeString(folder.resolve("one.yaml"), "batch-size: 1\n");
    Process process =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName()),
                        Stream.of(
                            cluster.pointed(
                                "dlq",
                                "redrive",
                                name,
                                "--yes",
                                "--config",
                                settings.toString(),
                                "--with",
                                killing.toString())))
                    .toList())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("killed.log").toFile())
            .start();
    assertThat(process.waitFor()).isEqualTo(9);
    long left = open();
    // When
    Millrace redrive = redrive(fixed(), "--yes");
    // Then
    assertThat(left).isEqualTo(3);
    assertThat(redrive.code()).as(redrive.err()).isZero();
    assertThat(redrive.out()).contains("3 dead letters: 3 redriven");
    assertThat(open()).isZero();
    assertThat(cluster.values(out).stream().distinct()).hasSize(20);
  }

  @Test
  void aSecondRedriveTakesOverFromTheFirst() throws Exception {
    // Given a redrive that is in the middle of its second dead letter
    makeDeadLetters();
    Path passed = folder.resolve("passed");
    Path there = folder.resolve("there");
    Path goOn = folder.resolve("go-on");
    Path waiting =
        function(
            """
            try {
                    if (java.nio.file.Path.of("%s").toFile().createNewFile()) {
                      out.add(message.partition() + "@" + message.offset() + " " + value);
                      continue;
                    }
                    java.nio.file.Files.createFile(java.nio.file.Path.of("%s"));
                  } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                  while (java.nio.file.Files.notExists(java.nio.file.Path.of("%s"))) {
                    java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
                  }
            """
                .formatted(passed, there, goOn));
    Path one = Files.writeString(folder.resolve("one.yaml"), "batch-size: 1\n");
    CompletableFuture<Millrace> first =
        CompletableFuture.supplyAsync(() -> redrive(waiting, "--yes", "--config", one.toString()));
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(there));
    Files.createDirectory(folder.resolve("fixed"));
    Path fixed = Files.move(fixed(), folder.resolve("fixed").resolve("Checked.java"));
    // When
    Millrace second = redrive(fixed, "--yes");
    // Then
    Files.createFile(goOn);
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.out()).contains("4 dead letters: 4 redriven, 0 failed again");
    Millrace ended = first.join();
    assertThat(ended.code()).as(ended.err()).isEqualTo(ExitCode.FAILED);
    assertThat(ended.err())
        .contains(
            "["
                + name
                + "] another redrive of this function was started, and this one ends. Nothing is"
                + " lost: the other one goes on. What this one was at may have been sent twice,"
                + " with the same idempotency key.");
    assertThat(open()).isZero();
    assertThat(cluster.values(out)).hasSize(21);
    assertThat(cluster.values(out).stream().distinct()).hasSize(20);
    assertThat(cluster.values("__millrace.dlq").stream().filter(fate -> fate.contains(name)))
        .hasSize(5);
  }

  @Test
  void nobodyIsAskedWithoutATerminal() throws Exception {
    // Given
    makeDeadLetters();
    // When
    Millrace redrive = redrive(fixed());
    // Then
    assertThat(redrive.code()).isEqualTo(ExitCode.USAGE);
    assertThat(redrive.err()).contains("[--yes] nobody can be asked: this is no terminal.");
    assertThat(open()).isEqualTo(5);
  }

  @Test
  void aPersonInATerminalIsAsked() throws Exception {
    // Given
    makeDeadLetters();
    Path file = fixed();
    // When
    Millrace no = inATerminal("no\n", file);
    Millrace kept = inATerminal("\n", "dlq", "discard", name, "--reason", "old");
    Millrace yes = inATerminal("y\n", file);
    // Then
    assertThat(no.code()).isEqualTo(ExitCode.STOPPED);
    assertThat(no.err())
        .contains("Redrive 5 dead letters of '" + name + "'? [y/N] Nothing was redriven.");
    assertThat(kept.code()).isEqualTo(ExitCode.STOPPED);
    assertThat(kept.err()).contains("Discard 5 dead letters? [y/N] Nothing was discarded.");
    assertThat(yes.code()).as(yes.err()).isZero();
    assertThat(open()).isZero();
  }

  private Millrace inATerminal(String answer, Path file) {
    return inATerminal(answer, "dlq", "redrive", name, "--with", file.toString());
  }

  private Millrace inATerminal(String answer, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            cluster.pointed(args),
            new Console(
                new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)),
                StandardOutput.to(out),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                true,
                Map.of("MILLRACE_CACHE", folder.resolve("cache").toString(), "COLUMNS", "100"),
                new Stop()));
    return new Millrace(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void discardingNeedsAReason() throws Exception {
    // Given
    makeDeadLetters();
    // When
    Millrace discard = dlq("discard", name, "--yes");
    // Then
    assertThat(discard.code()).isEqualTo(ExitCode.USAGE);
    assertThat(discard.err())
        .contains("[--reason] a dead letter is discarded for a reason, and none is given.");
    assertThat(open()).isEqualTo(5);
  }

  @Test
  void discardedOnesAreListedNoMore() throws Exception {
    // Given
    makeDeadLetters();
    String id = list("--error", "NumberFormat").get(0).get("example").asString();
    // When
    Millrace one = dlq("discard", id, "--reason", "a test of ours", "--yes");
    Millrace some = dlq("discard", name, "--error", "IllegalState", "--reason", "old", "--yes");
    // Then
    assertThat(one.out()).isEqualTo("Discarded 1 dead letter.\n");
    assertThat(some.out()).isEqualTo("Discarded 3 dead letters.\n");
    assertThat(open()).isEqualTo(1);
    assertThat(dlq("show", id).out())
        .containsPattern(
            "fate +discarded .* by " + System.getProperty("user.name") + ": a test of ours");
    Millrace twice = dlq("discard", id, name + "x", "--reason", "again", "--yes");
    assertThat(twice.code()).isEqualTo(ExitCode.USAGE);
    assertThat(twice.err()).contains("this dead letter is not open: it was discarded by");
    assertThat(dlq("discard", name + "x", "--reason", "no", "--yes").err())
        .contains("[" + name + "x] there is no such open dead letter of this function. Did you");
  }

  @Test
  void anotherFunctionThanInTheFilesIsRefused() throws Exception {
    // Given
    Path file = fixed();
    // When
    Millrace redrive = dlq("redrive", name + "x", "--with", file.toString(), "--yes");
    // Then
    assertThat(redrive.code()).isEqualTo(ExitCode.USAGE);
    assertThat(redrive.err())
        .contains("there is no such function in the files of --with. Did you mean '" + name + "'?");
  }

  @Test
  void whatWasDeletedFromTheTopicIsGone() throws Exception {
    // Given
    makeDeadLetters();
    cluster
        .admin
        .deleteRecords(Map.of(new TopicPartition(dlq, 0), RecordsToDelete.beforeOffset(3)))
        .all()
        .get();
    // When
    long open = open();
    // Then
    assertThat(open).isEqualTo(2);
    assertThat(dlq("show", dlq + "/0/1").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void theFatesOfADeletedTopicSayNothingOfItsSuccessor() throws Exception {
    // Given redriven dead letters, and new ones at the same offsets of a new topic
    makeDeadLetters();
    assertThat(redrive(fixed(), "--yes").code()).isZero();
    cluster.admin.deleteTopics(List.of(dlq)).all().get();
    cluster.send(in, 0, null, "secret poison");
    // When
    Millrace run = run("run", broken().toString(), "--until", "end");
    // Then
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(open()).isEqualTo(1);
  }
}
