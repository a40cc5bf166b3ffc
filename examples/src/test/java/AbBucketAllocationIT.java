import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.KafkaExtension;
import dev.millrace.testing.OutputRecord;
import dev.millrace.testing.TestKafka;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaExtension.class)
class AbBucketAllocationIT {
  @Test
  void allocationsHaveTheUserAsTheirKey(TestKafka kafka) {
    // Given a user who is seen twice
    kafka.produce(
        "user.seen",
        new AbBucketAllocation.Seen("u-1"),
        new AbBucketAllocation.Seen("u-2"),
        new AbBucketAllocation.Seen("u-1"));
    // When
    kafka.run(AbBucketAllocation.class).toTheEnd();
    // Then
    assertThat(kafka.consume("experiment.allocated"))
        .extracting(OutputRecord::key)
        .containsExactly("u-1", "u-1", "u-2", "u-2", "u-1", "u-1");
    assertThat(kafka.consume("experiment.allocated"))
        .extracting(OutputRecord::text)
        .as("the same again")
        .hasSize(6)
        .satisfies(texts -> assertThat(texts.subList(4, 6)).isEqualTo(texts.subList(0, 2)));
  }
}
