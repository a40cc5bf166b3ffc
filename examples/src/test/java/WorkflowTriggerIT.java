import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Input;
import dev.millrace.testing.KafkaExtension;
import dev.millrace.testing.OutputRecord;
import dev.millrace.testing.TestKafka;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaExtension.class)
class WorkflowTriggerIT {
  @Test
  void theSameOrdersHaveTheSameKeysWheneverTheyAreRead(TestKafka kafka) throws Exception {
    try (Workflows workflows = Workflows.answering()) {
      // Given orders that were read before
      kafka.produce("order.placed", Input.of("{\"id\":1}").key("c-1"), "{\"id\":2}");
      kafka.runOn(trigger(workflows)).toTheEnd();
      // When
      kafka.runOn(trigger(workflows)).toTheEnd();
      // Then
      List<Workflows.Request> requests = workflows.requests();
      assertThat(requests).hasSize(4).extracting(Workflows.Request::body).contains("{\"id\":1}");
      assertThat(requests.subList(2, 4)).isEqualTo(requests.subList(0, 2));
      assertThat(requests.getFirst().key()).isNotEqualTo(requests.get(1).key());
      assertThat(kafka.consume("workflow.started"))
          .extracting(OutputRecord::key)
          .containsExactly("c-1", null, "c-1", null);
    }
  }

  private static WorkflowTrigger trigger(Workflows workflows) {
    return new WorkflowTrigger(workflows.address(), Duration.ofSeconds(10));
  }
}
