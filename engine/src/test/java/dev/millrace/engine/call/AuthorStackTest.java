package dev.millrace.engine.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.KafkaFunction;
import dev.millrace.engine.core.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class AuthorStackTest {
  static final class Scores {
    @KafkaFunction(name = "score", topics = "orders")
    void score(String message) {
      try {
        Integer.parseInt(message);
      } catch (NumberFormatException e) {
        throw new IllegalStateException("no score", e);
      }
    }

    @KafkaFunction(name = "deep", topics = "orders")
    void deep(String message) {
      down(100);
    }

    private void down(int levels) {
      if (levels > 0) {
        down(levels - 1);
      } else {
        throw new IllegalStateException("at the bottom");
      }
    }
  }

  @Test
  void showsTheAuthorsLinesOfTheExceptionAndItsCauses() {
    Throwable thrown = thrownBy("score");

    String stack = AuthorStack.render(thrown, Scores.class);

    assertThat(stack.replaceAll("\\.java:\\d+", ".java:#"))
        .isEqualTo(
            """
            java.lang.IllegalStateException: no score
                at dev.millrace.engine.call.AuthorStackTest$Scores.score(AuthorStackTest.java:#)
            Caused by: java.lang.NumberFormatException: For input string: "no number"
                at dev.millrace.engine.call.AuthorStackTest$Scores.score(AuthorStackTest.java:#)\
            """);
  }

  @Test
  void shortensWhatIsLong() {
    Throwable thrown = thrownBy("deep");

    String stack = AuthorStack.render(thrown, Scores.class);

    assertThat(stack.lines()).hasSize(22);
    assertThat(stack).endsWith("\n    ... 82 more");
  }

  @Test
  void showsTheTopWhereNoLineIsTheAuthors() {
    Throwable thrown = new IllegalStateException("elsewhere");
    thrown.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("author", null, null, "java.util.A", "a", "A.java", 1),
          new StackTraceElement("java.util.B", "b", "B.java", 2),
          new StackTraceElement("java.util.C", "c", "C.java", 3),
          new StackTraceElement("java.util.D", "d", "D.java", 4)
        });

    String stack = AuthorStack.render(thrown, Scores.class);

    assertThat(stack)
        .isEqualTo(
            """
            java.lang.IllegalStateException: elsewhere
                at java.util.A.a(A.java:1)
                at java.util.B.b(B.java:2)
                at java.util.C.c(C.java:3)\
            """);
  }

  @Test
  void endsWhereCausesGoRound() {
    Throwable one = new IllegalStateException("one");
    Throwable other = new IllegalStateException("other", one);
    one.initCause(other);

    String stack = AuthorStack.render(one, Scores.class);

    assertThat(stack.lines().filter(line -> line.contains("IllegalState"))).hasSize(2);
  }

  private static Throwable thrownBy(String function) {
    List<FunctionDefinition> definitions =
        FunctionScanner.scan(List.of(Scores.class), type -> Path.of(""));
    FunctionInstances instances = FunctionInstances.create(definitions);
    FunctionDefinition definition =
        definitions.stream().filter(one -> one.name().equals(function)).findFirst().orElseThrow();
    CompletableFuture<CallResult> done = new CompletableFuture<>();
    new FunctionInvoker(definition, instances)
        .invoke(
            new CallRequest(
                new TopicPartition("orders", 0),
                List.of(
                    new ConsumerRecord<>(
                        "orders", 0, 0, null, "no number".getBytes(StandardCharsets.UTF_8))),
                1,
                true,
                "cluster/topic"),
            done::complete);
    Failure failure = Objects.requireNonNull(done.join().failure());
    return failure.cause();
  }
}
