import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class HelloWorldConsumerTest {
  @Test
  void saysWhatItConsumed() {
    // Given
    PrintStream terminal = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    // When
    try {
      new HelloWorldConsumer().helloWorld(List.of("one", "two"));
    } finally {
      System.setOut(terminal);
    }
    // Then
    assertThat(printed.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo("Hello world, I have consumed [one, two]");
  }
}
