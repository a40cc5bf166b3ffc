import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import java.util.List;
import java.util.Optional;

/// Two functions in a chain: when a client signs up, a model predicts whether they will buy, and a
/// campaign writes to those who need a nudge. The topic between them is all they share: each could
/// live in a file and a process of its own.
public class EventDrivenPrediction {
  public record Client(String id, String name, String email, int age, int visits) {}

  /// @param willBuy how likely the client buys within a month, from 0 to 1
  public record Prediction(String client, String name, String email, double willBuy) {}

  public record Email(String to, String subject, String text) {}

  @KafkaFunction(
      name = "predict",
      topics = "client.signed_up",
      outputs = @Output(topic = "predict.topic"))
  public List<Prediction> predict(List<Client> clients) {
    return clients.stream()
        .map(client -> new Prediction(client.id(), client.name(), client.email(), willBuy(client)))
        .toList();
  }

  /// A function may also take one message at a time, and answer with nothing.
  @KafkaFunction(
      name = "campaign",
      topics = "predict.topic",
      outputs = @Output(topic = "campaign.emails"))
  public Optional<Email> campaign(Prediction prediction) {
    if (prediction.willBuy() > 0.7 || prediction.willBuy() < 0.2) {
      return Optional.empty(); // They buy anyway, or never.
    }
    return Optional.of(
        new Email(
            prediction.email(),
            "Welcome, " + prediction.name() + "!",
            "Your first order travels free of charge this month."));
  }

  /// Stands for the model that was trained elsewhere.
  private static double willBuy(Client client) {
    double score = 0.5 * client.visits() - 0.02 * client.age() - 0.5;
    return Math.round(100 / (1 + Math.exp(-score))) / 100.0;
  }
}
