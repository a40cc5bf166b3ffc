import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.FunctionTester;
import dev.millrace.testing.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HelloWorldConsumerTest {
  @Test
  void saysWhatItConsumed() {
    // Given
    PrintStream terminal = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    // When
    Outcome outcome;
    try {
      outcome = FunctionTester.of(HelloWorldConsumer.class).send("one", "two");
    } finally {
      System.setOut(terminal);
    }
    // Then
    assertThat(outcome).succeeded().hasNoOutputs();
    assertThat(printed.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo("Hello world, I have consumed [one, two]");
  }
}
