import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Input;
import dev.millrace.testing.KafkaExtension;
import dev.millrace.testing.OutputRecord;
import dev.millrace.testing.TestKafka;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaExtension.class)
class RawInputToFeaturesIT {
  @Test
  void whateverTheBatchesTheirCountsAddUp(TestKafka kafka) {
    // Given
    kafka.create("client.actions", 3);
    kafka.produce(
        "client.actions", IntStream.range(0, 600).mapToObj(i -> click("c-" + i % 7)).toArray());
    // When
    kafka.run(RawInputToFeatures.class).toTheEnd();
    // Then
    List<OutputRecord> features = kafka.consume("client.features");
    assertThat(features).extracting(OutputRecord::key).contains("c-0", "c-6");
    assertThat(
            features.stream()
                .map(one -> one.as(RawInputToFeatures.Features.class))
                .mapToInt(RawInputToFeatures.Features::clicks)
                .sum())
        .isEqualTo(600);
  }

  private static Input click(String client) {
    return Input.of(new RawInputToFeatures.Action(client, "click", null)).key(client);
  }
}
