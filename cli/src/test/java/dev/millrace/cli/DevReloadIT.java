package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of files that are saved while `dev` runs.
@Timeout(180)
class DevReloadIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String ONE =
      """
      import dev.millrace.KafkaFunction;
      import dev.millrace.Message;
      import dev.millrace.Output;

      public class Live {
        @KafkaFunction(
            name = "live",
            topics = "live.in",
            outputs = @Output(topic = "live.out", schema = String.class))
        public String call(Message<String> message) {
          return "one " + message.value();
        }
      }
      """;

  @TempDir private Path folder;

  private Path file;
  private Path settings;
  private Path platform;
  private TestConsole console;
  private CompletableFuture<Millrace> dev;
  private String bootstrap = "";

  @BeforeEach
  void start() throws Exception {
    file = Files.writeString(folder.resolve("Live.java"), ONE);
    settings = Files.writeString(folder.resolve("millrace.yaml"), "retries: 0\n");
    platform = Files.writeString(folder.resolve("platform.yaml"), "owner: data-platform\n");
    console = new TestConsole(folder.resolve("cache"));
    dev =
        CompletableFuture.supplyAsync(() ->
            console.run(
                "dev",
                folder.toString(),
                "--config",
                settings.toString(),
                "--platform",
                platform.toString(),
                "--ephemeral",
                "--port",
                "0"));
    await().atMost(PATIENCE).until(() -> console.err().contains("/metrics") || dev.isDone());
    assertThat(dev).as(console.err()).isNotDone();
    bootstrap = console.err().replaceFirst("(?s).*ready on (localhost:[0-9]+).*", "$1");
  }

  @AfterEach
  void stop() {
    console.stop.request();
    assertThat(dev.join().code()).as(console.err()).isZero();
  }

  @Test
  void aFileThatIsBrokenChangesNothingUntilItIsCorrected() throws Exception {
    // Given
    save(ONE.replace("message.value();", "message.valve();"));
    said("[Live.java:11] cannot find symbol: method valve()");
    said("Nothing has changed: what ran before goes on. Correct it and save it again.");
    produce("a");
    outputs("one a");
    // When
    save(ONE.replace("one ", "two "));
    // Then
    said("[live] new code from the next call on.");
    said("The files are in order again.");
    produce("b");
    outputs("one a", "two b");
  }

  @Test
  void aFunctionThatStoppedGoesOnWithTheCorrectedFile() throws Exception {
    // Given
    save(
        ONE.replace("return", "if (message.value().equals(\"b\")) throw new Error();\n    return"));
    said("[live] new code");
    produce("a");
    outputs("one a");
    produce("b");
    said("[live] STOPPED: live.in-0 @ 1: the function threw Error.");
    // When
    save(ONE.replace("one ", "two "));
    // Then
    outputs("one a", "two b");
    said("[live] OK.");
  }

  @Test
  void functionsComeAndGoWithTheirFiles() throws Exception {
    // When
    String other =
        ONE.replace("class Live", "class Other").replace("\"live", "\"other").replace("one", "new");
    Path added = Files.writeString(folder.resolve("Other.java"), other);
    // Then
    said("[other] other.in -> other.out has started.");
    Millrace sent = produceTo("other.in", "a");
    assertThat(sent.code()).as(sent.err()).isZero();
    Millrace read =
        Millrace.run("consume", "other.out", "--follow", "--max", "1", "--bootstrap", bootstrap);
    assertThat(read.out()).contains("new a");
    Files.delete(added);
    said("[other] is gone, and has ended.");
    save(ONE.replace("live.in", "live.in.2"));
    said("[live] reads other topics now, and starts anew.");
    said("[live] live.in.2 -> live.out has started.");
  }

  @Test
  void settingsChangeWhileItRuns() throws Exception {
    // When
    Files.writeString(settings, "retries: 0\nbatch-size: 7\nmetrics-port: 9\n");
    // Then
    said("[live] batch-size: 500 -> 7 (" + settings + ":2).");
    said("[dev] metrics-port: 0 -> 9 (" + settings + ":3). Restart to apply.");
    Files.writeString(settings, "batch-siz: 7\n");
    said("[" + settings + ":1 batch-siz] there is no setting 'batch-siz'");
  }

  @Test
  void whatThePlatformSaysChangesToo() throws Exception {
    // Given
    LoudJar.pack(Files.createDirectory(folder.resolve(".parts")));
    produce("a");
    outputs("one a");
    // When
    Files.writeString(platform, "plugins: [.parts/loud.jar]\nformat: loud\nbatch-size: 9\n");
    // Then
    said("[live] batch-size: 500 -> 9 (" + platform + ":3).");
    said("[dev] format: json -> loud (" + platform + ":2).");
    said("[live] new code from the next call on.");
    assertThat(console.err()).doesNotContain("Restart to apply");
    produce("b");
    outputs("one a", "one B!");
  }

  @Test
  void aSaveDuringAReloadIsTakenOverAsWell() throws Exception {
    // When it is saved by its own constructor
    save(
        ONE.replace("one ", "two ")
            .replace(
                "  @KafkaFunction",
                """
                public Live() throws java.io.IOException {
                  var file = java.nio.file.Path.of("%s");
                  var text = java.nio.file.Files.readString(file);
                  java.nio.file.Files.writeString(file, text.replace("two ", "three "));
                }

                @KafkaFunction\
                """
                    .formatted(file)));
    // Then
    await()
        .atMost(PATIENCE)
        .until(() -> console.err().split("new code from the next call on", -1).length > 2);
    produce("a");
    outputs("three a");
  }

  @Test
  void aSchemaFileIsWatched() throws Exception {
    // Given
    Path schemas = Files.createDirectory(folder.resolve("schemas"));
    String wanted = "{\"type\": \"object\", \"required\": [\"%s\"]}";
    Path schema = Files.writeString(schemas.resolve("said.json"), wanted.formatted("length"));
    save(
        ONE.replace("schema = String.class", "schemaFile = \"schemas/said.json\"")
            .replace("public String", "public Said")
            .replace("Live {", "Live {\n  public record Said(String text) {}\n")
            .replace("\"one \" + message.value()", "new Said(message.value())"));
    said("[live] new code");
    produce("a");
    said("[live] STOPPED: live.in-0 @ 0");
    // When
    Files.writeString(schema, wanted.formatted("text"));
    // Then
    said("[live] OK.");
    Millrace read =
        Millrace.run("consume", "live.out", "--follow", "--max", "1", "--bootstrap", bootstrap);
    assertThat(read.out()).contains("{\"text\":\"a\"}");
  }

  @Test
  void aNeighbourThatIsMissingIsWaitedForAndThenWatched() throws Exception {
    // Given
    save("//SOURCES .more/Words.java\n" + ONE.replace("\"one \"", "Words.FIRST"));
    said("'.more/Words.java' is no Java file that is there");
    Path words = Files.createDirectory(folder.resolve(".more")).resolve("Words.java");
    // When
    Files.writeString(words, "class Words { static final String FIRST = \"two \"; }");
    // Then
    said("The files are in order again.");
    produce("a");
    outputs("two a");
    Files.writeString(words, "class Words { static final String FIRST = \"three \"; }");
    await()
        .atMost(PATIENCE)
        .until(() -> console.err().split("new code from the next call on", -1).length > 2);
    produce("b");
    outputs("two a", "three b");
  }

  @Test
  void testsAndScratchFilesAreNoneOfItsSources() throws Exception {
    // When
    Files.writeString(folder.resolve("LiveTest.java"), "no Java");
    Files.writeString(folder.resolve("._Live.java"), "no Java");
    Files.createSymbolicLink(folder.resolve(".#Live.java"), Path.of("somebody@somewhere"));
    save(ONE.replace("one ", "two "));
    // Then
    said("new code from the next call on");
    produce("a");
    outputs("two a");
    assertThat(console.err())
        .containsOnlyOnce("new code from the next call on")
        .doesNotContain("Nothing has changed");
  }

  @Test
  void aFolderThatIsMadeAnewIsWatchedOn() throws Exception {
    // Given
    Path below = Files.createDirectory(folder.resolve("below"));
    Path moved = below.resolve("Other.java");
    String other = ONE.replace("class Live", "class Other").replace("\"live", "\"other");
    Files.writeString(moved, other);
    said("[other] other.in -> other.out has started.");
    Files.delete(moved);
    Files.delete(below);
    said("[other] is gone, and has ended.");
    // When
    Files.createDirectory(below);
    Files.writeString(moved, other.replace("other.in", "other.in.2"));
    // Then
    said("[other] other.in.2 -> other.out has started.");
    Files.writeString(moved, other.replace("one ", "two "));
    said("[other] reads other topics now, and starts anew.");
  }

  @Test
  void codeThatOverflowsTheStackIsRefusedAndTheWatchGoesOn() throws Exception {
    // Given
    save(ONE.replace("\"one \"", "\"\" + 1 " + "+ 1 ".repeat(20_000)));
    said("is nested too deeply for the compiler");
    save(
        ONE.replace(
            "  @KafkaFunction",
            "  static final int DEEP = deep(0);\n"
                + "  static int deep(int n) { return deep(n + 1) + 1; }\n  @KafkaFunction"));
    said("StackOverflowError");
    // When
    save(ONE.replace("one ", "two "));
    // Then
    said("[live] new code from the next call on.");
    produce("a");
    outputs("two a");
  }

  @Test
  void aBrokerThatIsKilledComesBackWithItsData() throws Exception {
    // Given
    produce("a");
    outputs("one a");
    // When
    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
    // Then
    said("[broker] the broker's process was killed");
    said("Kafka is ready again on " + bootstrap);
    produce("b");
    outputs("one a", "one b");
  }

  @Test
  void aTopicThatIsDeletedIsWaitedFor() throws Exception {
    // Given
    produce("a");
    outputs("one a");
    // When
    try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
      admin.deleteTopics(List.of("live.in")).all().get();
    }
    // Then
    said("[live] DOWN: ");
    save(ONE.replace("one ", "two "));
    said("[live] OK.");
    produce("b");
    outputs("one a", "two b");
  }

  /// As editors do: another file takes the place of this one.
  private void save(String text) throws Exception {
    Path unfinished = Files.writeString(folder.resolve(".Live.java.swp"), text);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private void said(String line) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(console.err()).contains(line));
  }

  private void produce(String value) {
    Millrace sent = produceTo("live.in", value);
    assertThat(sent.code()).as(sent.err()).isZero();
  }

  private Millrace produceTo(String topic, String value) {
    return Millrace.runWithInput(
        value + "\n", "produce", topic, "--format", "lines", "--bootstrap", bootstrap);
  }

  private void outputs(String... values) {
    Millrace read =
        Millrace.run(
            "consume",
            "live.out",
            "--follow",
            "--max",
            Integer.toString(values.length),
            "--output",
            "json",
            "--bootstrap",
            bootstrap);
    assertThat(read.jsonLines().stream().map(line -> line.get("value").asString()).toList())
        .as(() -> console.err())
        .containsExactly(values);
  }
}
