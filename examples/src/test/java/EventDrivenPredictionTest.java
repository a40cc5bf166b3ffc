import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.FailureKind;
import dev.millrace.testing.FunctionTester;
import dev.millrace.testing.Outcome;
import org.junit.jupiter.api.Test;

class EventDrivenPredictionTest {
  private final FunctionTester predict = FunctionTester.of(EventDrivenPrediction.class, "predict");
  private final FunctionTester campaign =
      FunctionTester.of(EventDrivenPrediction.class, "campaign");

  @Test
  void predictsForEveryClientInOrder() {
    // Given
    var curious = new EventDrivenPrediction.Client("c-1", "Ada", "ada@example.org", 30, 9);
    var passing = new EventDrivenPrediction.Client("c-2", "Ben", "ben@example.org", 60, 0);
    // When
    Outcome outcome = predict.send(curious, passing);
    // Then
    assertThat(outcome)
        .succeeded()
        .values("predict.topic", EventDrivenPrediction.Prediction.class)
        .containsExactly(
            new EventDrivenPrediction.Prediction("c-1", "Ada", "ada@example.org", 0.97),
            new EventDrivenPrediction.Prediction("c-2", "Ben", "ben@example.org", 0.15));
  }

  @Test
  void aClientWithoutAgeStopsItThere() {
    // When
    Outcome outcome =
        predict.send(
            """
            {"id": "c-1", "name": "Ada", "email": "ada@example.org", "visits": 9}\
            """);
    // Then
    assertThat(outcome).failed(FailureKind.UNREADABLE).hasMessage("at /age: is missing");
  }

  @Test
  void writesToThoseWhoHesitate() {
    // Given
    var hesitating = new EventDrivenPrediction.Prediction("c-3", "Cleo", "cleo@example.org", 0.5);
    // When
    Outcome outcome = campaign.send(hesitating);
    // Then
    assertThat(outcome)
        .values("campaign.emails", EventDrivenPrediction.Email.class)
        .singleElement()
        .satisfies(one -> {
          assertThat(one.to()).isEqualTo("cleo@example.org");
          assertThat(one.subject()).isEqualTo("Welcome, Cleo!");
        });
  }

  @Test
  void leavesAloneThoseWhoBuyAnyway() {
    // Given
    var sure = new EventDrivenPrediction.Prediction("c-4", "Dora", "dora@example.org", 0.9);
    // When
    Outcome outcome = campaign.send(sure);
    // Then
    assertThat(outcome).succeeded().hasNoOutputs();
  }
}
