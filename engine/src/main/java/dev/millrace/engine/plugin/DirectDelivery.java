package dev.millrace.engine.plugin;

import dev.millrace.engine.call.DirectSender;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.plugin.Delivery;
import java.util.Map;

/// Outputs go straight to the cluster, by a Kafka producer for each consumer. Thread-safe.
public final class DirectDelivery implements Delivery {
  @Override
  public String name() {
    return "direct";
  }

  @Override
  public Sender open(Map<String, String> kafka) {
    return new DirectSender(new KafkaClients(kafka).producer());
  }
}
