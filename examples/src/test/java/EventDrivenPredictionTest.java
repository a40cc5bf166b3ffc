import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EventDrivenPredictionTest {
  private final EventDrivenPrediction functions = new EventDrivenPrediction();

  @Test
  void predictsForEveryClientInOrder() {
    // Given
    var curious = new EventDrivenPrediction.Client("c-1", "Ada", "ada@example.org", 30, 9);
    var passing = new EventDrivenPrediction.Client("c-2", "Ben", "ben@example.org", 60, 0);
    // When
    List<EventDrivenPrediction.Prediction> predictions =
        functions.predict(List.of(curious, passing));
    // Then
    assertThat(predictions)
        .containsExactly(
            new EventDrivenPrediction.Prediction("c-1", "Ada", "ada@example.org", 0.97),
            new EventDrivenPrediction.Prediction("c-2", "Ben", "ben@example.org", 0.15));
  }

  @Test
  void writesToThoseWhoHesitate() {
    // Given
    var hesitating = new EventDrivenPrediction.Prediction("c-3", "Cleo", "cleo@example.org", 0.5);
    // When
    var email = functions.campaign(hesitating);
    // Then
    assertThat(email)
        .hasValueSatisfying(one -> {
          assertThat(one.to()).isEqualTo("cleo@example.org");
          assertThat(one.subject()).isEqualTo("Welcome, Cleo!");
        });
  }

  @Test
  void leavesAloneThoseWhoBuyAnyway() {
    // Given
    var sure = new EventDrivenPrediction.Prediction("c-4", "Dora", "dora@example.org", 0.9);
    // When
    var email = functions.campaign(sure);
    // Then
    assertThat(email).isEmpty();
  }
}
