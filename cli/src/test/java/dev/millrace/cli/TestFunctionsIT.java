package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Input;
import dev.millrace.testing.KafkaExtension;
import dev.millrace.testing.TestKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Functions tried on what is in a topic.
@ExtendWith(KafkaExtension.class)
class TestFunctionsIT {
  @TempDir private Path folder;

  private Path function(String topic) throws IOException {
    return Files.writeString(
        folder.resolve("Shout.java"),
        """
        import dev.millrace.KafkaFunction;
        import dev.millrace.Output;

        public class Shout {
          @KafkaFunction(name = "shout", topics = "%s", outputs = @Output(topic = "shouted"))
          public String shout(String line) {
            return line + "!";
          }
        }
        """
            .formatted(topic));
  }

  private Millrace run(TestKafka kafka, String... args) {
    String[] all = java.util.Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--bootstrap";
    all[args.length + 1] = kafka.bootstrap();
    return new TestConsole(folder.resolve("cache")).run(all);
  }

  @Test
  void theNewestMessagesOfItsTopicAreTriedAndSaved(TestKafka kafka) throws Exception {
    // Given messages in two partitions, the newest and a tombstone among them
    String topic = "lines-" + folder.getFileName();
    kafka.create(topic, 2);
    Instant start = Instant.now();
    for (int i = 0; i < 10; i++) {
      kafka.produce(topic, Input.of("line " + i).key("k" + i).at(start.plusMillis(i)));
    }
    kafka.produce(topic, Input.tombstone("k").at(start.plusMillis(20)));
    String file = function(topic).toString();
    String saved = folder.resolve("saved.jsonl").toString();
    // When
    Millrace run = run(kafka, "test", file, "--last", "4", "--save", saved);
    // Then
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .doesNotContain("line 6")
        .contains("line 7!", "line 8!", "line 9!")
        .containsPattern("\\(tombstone\\) +skipped")
        .endsWith("[shout] 4 messages: 4 done, 0 failed; outputs: 3 to shouted\n");
    assertThat(Files.readAllLines(Path.of(saved))).hasSize(4);
    assertThat(run(kafka, "test", file, "--sample", saved).out())
        .contains("line 7!", "line 8!", "line 9!");
  }

  @Test
  void nothingIsProducedAndNoGroupIsMade(TestKafka kafka) throws Exception {
    // Given
    String topic = kafka.topic("lines");
    kafka.produce(topic, "a");
    String file = function("elsewhere").toString();
    // When
    Millrace run = run(kafka, "test", file, "--topic", topic, "--output", "json");
    // Then
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.json().get("functions").get(0).get("messages").get(0).get("topic").asString())
        .isEqualTo(topic);
    assertThat(run(kafka, "topics", "show", topic, "--output", "json").json().get("consumers"))
        .isEmpty();
    assertThat(run(kafka, "topics", "list").out()).contains(topic).doesNotContain("shouted");
  }

  @Test
  void aTopicWithoutMessagesIsSaid(TestKafka kafka) throws Exception {
    // Given
    String topic = kafka.topic("lines");
    // When
    Millrace run = run(kafka, "test", function(topic).toString(), "--last", "5");
    // Then
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("[" + topic + "] the topic holds no messages.");
  }
}
