import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.KafkaExtension;
import dev.millrace.testing.OutputRecord;
import dev.millrace.testing.TestKafka;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

// @start region=broker
@ExtendWith(KafkaExtension.class)
class TextTransformerIT {
  @Test
  void shoutsOnARealBroker(TestKafka kafka) {
    // Given
    kafka.produce("lines", "a mill", "the river", "a race");
    // When
    kafka.run(TextTransformer.class).toTheEnd();
    // Then
    assertThat(kafka.consume("shouted.lines"))
        .extracting(OutputRecord::text)
        .containsExactly("A MILL", "A RACE");
  }
}
// @end
