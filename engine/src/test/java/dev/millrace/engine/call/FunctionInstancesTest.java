package dev.millrace.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.KafkaFunction;
import dev.millrace.engine.problem.SetupException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FunctionInstancesTest {
  private static final List<String> STORY = new ArrayList<>();

  @BeforeEach
  void nothingHappenedYet() {
    STORY.clear();
  }

  static class Shared implements AutoCloseable {
    Shared() {
      STORY.add("Shared created");
    }

    @KafkaFunction(name = "one", topics = "a")
    void one(String message) {}

    @KafkaFunction(name = "two", topics = "a")
    void two(String message) {}

    @Override
    public void close() {
      STORY.add("Shared closed");
    }
  }

  static class Unwilling implements AutoCloseable {
    Unwilling() {
      STORY.add("Unwilling created");
    }

    @KafkaFunction(name = "three", topics = "a")
    void three(String message) {}

    @Override
    public void close() {
      STORY.add("Unwilling closed");
      throw new IllegalStateException("not now");
    }
  }

  static class Static {
    Static() {
      STORY.add("Static created");
    }

    @KafkaFunction(name = "four", topics = "a")
    static void four(String message) {}
  }

  static class Throwing {
    Throwing() {
      throw new IllegalArgumentException("no address");
    }

    @KafkaFunction(name = "five", topics = "a")
    void five(String message) {}
  }

  @Test
  void createsOneForAllFunctionsOfAClassAndClosesEachOnce() {
    FunctionInstances instances =
        FunctionInstances.create(scan(Shared.class, Unwilling.class, Static.class));

    instances.close();
    instances.close();

    assertThat(STORY)
        .containsExactly(
            "Shared created", "Unwilling created", "Unwilling closed", "Shared closed");
  }

  @Test
  void saysWhichConstructorThrewAndClosesTheOthers() {
    List<FunctionDefinition> definitions = scan(Shared.class, Throwing.class);

    SetupException refused =
        catchThrowableOfType(
            SetupException.class, () -> FunctionInstances.create(definitions).close());

    assertThat(refused)
        .hasMessageStartingWith(
            "[Throwing] its constructor threw IllegalArgumentException. Correct it.\n"
                + "java.lang.IllegalArgumentException: no address\n"
                + "    at ")
        .hasMessageContaining("FunctionInstancesTest$Throwing.<init>(FunctionInstancesTest.java:");
    assertThat(STORY).containsExactly("Shared created", "Shared closed");
  }

  private static List<FunctionDefinition> scan(Class<?>... classes) {
    return FunctionScanner.scan(List.of(classes), type -> Path.of(""));
  }
}
