import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.FailureKind;
import dev.millrace.testing.FunctionTester;
import dev.millrace.testing.Input;
import dev.millrace.testing.Outcome;
import dev.millrace.testing.OutputRecord;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RawInputToFeaturesTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final FunctionTester function = FunctionTester.of(RawInputToFeatures.class);

  @Test
  void countsWhatEachClientDid() {
    // When
    Outcome outcome =
        function.send(
            order("c-1", 20).at(NOON.plusSeconds(60)),
            click("c-2").at(NOON),
            order("c-1", 5.5).at(NOON.plusSeconds(30)),
            click("c-1").at(NOON.plusSeconds(90)));
    // Then
    assertThat(outcome)
        .succeeded()
        .values("client.features", RawInputToFeatures.Features.class)
        .containsExactly(
            new RawInputToFeatures.Features(
                "c-1", NOON.plusSeconds(30), NOON.plusSeconds(90), 1, 2, 25.5, 20),
            new RawInputToFeatures.Features("c-2", NOON, NOON, 1, 0, 0, 0));
    assertThat(outcome.outputs()).extracting(OutputRecord::key).containsExactly("c-1", "c-2");
  }

  @Test
  void featuresOfABatchSayWhichMessagesTheyAreMadeOf() {
    // When
    Outcome outcome = function.withBatchSize(2).send(click("c-1"), click("c-1"), click("c-1"));
    // Then
    assertThat(outcome)
        .values("client.features", RawInputToFeatures.Features.class)
        .extracting(RawInputToFeatures.Features::clicks)
        .containsExactly(2, 1);
    assertThat(outcome.outputs())
        .extracting(OutputRecord::source)
        .containsExactly("client.actions/0/0-1", "client.actions/0/2");
  }

  @Test
  void passesOverWhatItDoesNotCount() {
    // When
    Outcome outcome =
        function.send(
            "{\"client\": \"c-1\", \"kind\": \"search\", \"words\": \"tea\"}",
            Input.tombstone("c-1"));
    // Then
    assertThat(outcome).succeeded().hasNoOutputs();
  }

  @Test
  void anOrderWithoutAnAmountIsNotWorthNothing() {
    // When
    Outcome outcome = function.send("{\"client\": \"c-1\", \"kind\": \"order\"}");
    // Then
    assertThat(outcome)
        .failed(FailureKind.FUNCTION_FAILED)
        .hasMessage("an order has an amount")
        .hasNoOutputs();
  }

  private static Input click(String client) {
    return Input.of(new RawInputToFeatures.Action(client, "click", null));
  }

  private static Input order(String client, double amount) {
    return Input.of(new RawInputToFeatures.Action(client, "order", amount));
  }
}
