import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import java.util.List;

/// What `./millrace` runs once after a build, so that Java knows which classes a start needs.
public class Training {
  record Order(String id, double amount) {}

  record Receipt(String order, boolean large) {}

  @KafkaFunction(
      name = "training",
      topics = "training",
      outputs = @Output(topic = "training.receipts"))
  public List<Receipt> receipts(List<Order> orders) {
    return orders.stream().map(order -> new Receipt(order.id(), order.amount() > 100)).toList();
  }
}
