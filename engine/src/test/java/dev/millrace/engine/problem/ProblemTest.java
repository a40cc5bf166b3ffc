package dev.millrace.engine.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemTest {
  @ParameterizedTest
  @CsvSource({
    "Give another, [x] is there already. Give another.",
    "Did you mean y?, [x] is there already. Did you mean y?",
    "'', [x] is there already."
  })
  void isASentenceWithWhatToDo(String advice, String text) {
    // When
    Problem problem = new Problem("x", "is there already", advice, List.of("  int y;"));
    // Then
    assertThat(problem).hasToString(text + "\n  int y;");
  }
}
