import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Output;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Starts a workflow for each order, over HTTP, at the address in the environment variable
/// `WORKFLOW_URL`.
///
/// A workflow may take long to answer: the function returns at once with a `CompletionStage`, and
/// no thread waits. Within a partition the next request is sent when this one is answered; each
/// partition has one under way.
///
/// The same order may be sent again: after a crash, or when an answer got lost. The header
/// `Idempotency-Key` is the same then, and it is the workflow's side that must do nothing the
/// second time. Any answer but 2xx, and none in time, is a failure: the call is made again, and
/// stops the partition in the end rather than leaving an order without its workflow.
public class WorkflowTrigger implements AutoCloseable {
  /// @param request the idempotency key it was sent with
  /// @param answer what the workflow's side said
  public record Started(String request, String answer) {}

  private static final String LOCAL = "http://localhost:8085/workflows";

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI address;
  private final Duration timeout;

  public WorkflowTrigger() {
    this(
        URI.create(Optional.ofNullable(System.getenv("WORKFLOW_URL")).orElse(LOCAL)),
        Duration.ofSeconds(20));
  }

  WorkflowTrigger(URI address, Duration timeout) {
    this.address = address;
    this.timeout = timeout;
  }

  @KafkaFunction(
      name = "workflow-trigger",
      topics = "order.placed",
      retries = 8,
      deadline = "30s",
      outputs = @Output(topic = "workflow.started"))
  public CompletionStage<Optional<Started>> trigger(Message<String> order) {
    if (order.isTombstone()) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", order.idempotencyKey())
            .POST(BodyPublishers.ofString(order.value()))
            .build();
    return http.sendAsync(request, BodyHandlers.ofString())
        .thenApply(answer -> Optional.of(started(order, answer)));
  }

  private Started started(Message<String> order, HttpResponse<String> answer) {
    if (answer.statusCode() / 100 != 2) {
      throw new IllegalStateException(address + " answered " + answer.statusCode());
    }
    return new Started(order.idempotencyKey(), answer.body());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
