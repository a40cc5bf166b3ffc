package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import dev.millrace.engine.problem.SetupException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MillraceIT {
  private static TestCluster cluster;

  /// Knows whether it is open.
  public static final class Library implements AutoCloseable {
    private static int open;

    /// Opens it.
    public Library() {
      open++;
    }

    /// Copies.
    @KafkaFunction(
        name = "library",
        topics = "library-in",
        outputs = @Output(topic = "library-out"))
    public String copy(String message) {
      return message;
    }

    @Override
    public void close() {
      open--;
    }
  }

  /// Reads and writes what nobody has created.
  public static final class Lost {
    /// Copies.
    @KafkaFunction(name = "lost", topics = "lost-in", outputs = @Output(topic = "lost-out"))
    public String copy(String message) {
      return message;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster();
    cluster.create("library-in", 1);
    cluster.create("library-out", 1);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static Map<String, String> settings(int metricsPort) {
    return Map.of(
        "bootstrap", cluster.kafka.bootstrap(), "metrics-port", Integer.toString(metricsPort));
  }

  @Test
  void whatIsMissingIsSaidWithTheCommandThatCreatesIt() {
    // When
    Throwable refused = catchThrowable(() -> Millrace.run(settings(0), Lost.class));
    // Then
    assertThat(refused)
        .isInstanceOf(SetupException.class)
        .hasMessageContaining("[lost] the topic 'lost-in' is not there")
        .hasMessageContaining("[lost] the topic 'lost-out' is not there")
        .hasMessageContaining("millrace topics create lost-in");
  }

  @Test
  void aStartThatFailsLateLeavesNothingOpen() throws Exception {
    // Given
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
      // When
      assertThatThrownBy(() -> Millrace.run(settings(taken.getLocalPort()), Library.class))
          .isInstanceOf(SetupException.class)
          .hasMessageContaining("the port is taken");
    }
    // Then
    assertThat(Library.open).isZero();
  }

  @Test
  void closingTwiceIsClosing() {
    // Given
    Millrace millrace = Millrace.run(settings(0), Library.class);
    assertThat(Library.open).isOne();
    // When
    millrace.close();
    millrace.close();
    // Then
    assertThat(Library.open).isZero();
  }
}
