package dev.millrace.engine.plugin;

import static java.util.Objects.requireNonNull;

import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.plugin.Delivery;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/// A delivery whatever it throws: one that cannot be opened now is unavailable, and is opened again
/// later. Thread-safe.
///
/// @param delivery Millrace's own or a plug-in's
public record RetriableDelivery(Delivery delivery) implements Delivery {
  @Override
  public String name() {
    return delivery.name();
  }

  @Override
  public Sender open(Map<String, String> kafka) {
    try {
      return requireNonNull(delivery.open(kafka), "no sender");
    } catch (KafkaException | UnavailableException | SetupException e) {
      throw e; // Said as it must be.
    } catch (Throwable e) {
      throw new UnavailableException(
          new Problem(
              "delivery " + name(),
              "it cannot be opened: " + e,
              "Correct the plug-in or what it connects to; it is tried again"),
          e);
    }
  }
}
