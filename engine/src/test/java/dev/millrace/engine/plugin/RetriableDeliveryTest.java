package dev.millrace.engine.plugin;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.plugin.Delivery;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class RetriableDeliveryTest {
  /// A plug-in's delivery that throws.
  private record Broken(Throwable thrown) implements Delivery {
    @Override
    public String name() {
      return "pigeon";
    }

    @Override
    public Sender open(Map<String, String> kafka) {
      throw sneaky(thrown);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
      throw (T) thrown;
    }
  }

  @Test
  void whatItThrowsIsUnavailableAndNamesIt() {
    // Given
    Throwable missing = new NoClassDefFoundError("acme/Pigeon");
    // When
    RetriableDelivery delivery = new RetriableDelivery(new Broken(missing));
    // Then
    assertThatThrownBy(() -> delivery.open(Map.of()))
        .isInstanceOf(UnavailableException.class)
        .hasMessage(
            "[delivery pigeon] it cannot be opened: java.lang.NoClassDefFoundError: acme/Pigeon."
                + " Correct the plug-in or what it connects to; it is tried again.")
        .hasCause(missing);
  }

  @Test
  void whatKafkasClientsThrowIsSaidAsItIs() {
    // Given
    KafkaException kafka = new KafkaException("no such mechanism");
    // When
    RetriableDelivery delivery = new RetriableDelivery(new Broken(kafka));
    // Then
    assertThatThrownBy(() -> delivery.open(Map.of())).isSameAs(kafka);
  }
}
