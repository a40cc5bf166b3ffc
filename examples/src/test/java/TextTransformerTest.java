import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTransformerTest {
  @Test
  void shoutsTheLinesWithAnA() {
    // When
    List<String> shouted = new TextTransformer().shout(List.of("a mill", "the river", "a race"));
    // Then
    assertThat(shouted).containsExactly("A MILL", "A RACE");
  }
}
