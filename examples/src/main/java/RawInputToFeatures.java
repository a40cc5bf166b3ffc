import dev.millrace.Emit;
import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Output;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes numbers for a model out of what clients did: their clicks and orders in a batch.
///
/// A batch is what was there when the function was called, and no period: one message on a quiet
/// day, five hundred after a pause, and other ones when a call is made again after a crash. What is
/// said of a batch is therefore true of that batch alone:
///
/// - `from` and `to` say which time the numbers cover, and the header `millrace-source` says which
///   messages, so that a reader can tell when it is given the same ones again.
/// - Counts and sums of several batches may be added where no message is in two of them. Averages
///   and shares may not, so there are none: who reads divides the sums.
/// - Whatever means a period or a whole client ("orders of 30 days", "days since the first click")
///   needs state, and cannot come from here.
///
/// The topic has to be keyed by client: then all that a client did is in one partition, in order.
public class RawInputToFeatures {
  /// @param kind `click`, `order`, or what others may add one day, which is passed over
  /// @param amount of an order, in euros
  public record Action(String client, String kind, @Nullable Double amount) {}

  /// @param from when the first of the counted actions happened
  /// @param to when the last of them happened
  /// @param spent in euros
  /// @param largest the largest order, in euros; 0 without orders
  public record Features(
      String client,
      Instant from,
      Instant to,
      int clicks,
      int orders,
      double spent,
      double largest) {
    static Features none(String client, Instant time) {
      return new Features(client, time, time, 0, 0, 0, 0);
    }

    Features with(Action action, Instant time) {
      Instant first = time.isBefore(from) ? time : from;
      Instant last = time.isAfter(to) ? time : to;
      if (action.kind().equals("click")) {
        return new Features(client, first, last, clicks + 1, orders, spent, largest);
      }
      double amount = Objects.requireNonNull(action.amount(), "an order has an amount");
      return new Features(
          client, first, last, clicks, orders + 1, spent + amount, Math.max(largest, amount));
    }
  }

  // Waiting for company makes fewer and fuller outputs; nobody is waiting for a feature.
  @KafkaFunction(
      name = "features",
      topics = "client.actions",
      batchSize = 500,
      batchWait = "1s",
      outputs = @Output(topic = "client.features"))
  public List<Emit<Features>> features(List<Message<Action>> messages) {
    Map<String, Features> byClient = new LinkedHashMap<>();
    for (Message<Action> message : messages) {
      if (message.isTombstone()) {
        continue;
      }
      Action action = message.value();
      if (action.kind().equals("click") || action.kind().equals("order")) {
        byClient.merge(
            action.client(),
            Features.none(action.client(), message.timestamp()).with(action, message.timestamp()),
            (before, _) -> before.with(action, message.timestamp()));
      }
    }
    List<Emit<Features>> features = new ArrayList<>();
    byClient.forEach((client, one) -> features.add(Emit.of(one).key(client)));
    return features;
  }
}
