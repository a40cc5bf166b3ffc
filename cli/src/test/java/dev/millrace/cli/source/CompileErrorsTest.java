package dev.millrace.cli.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.cli.files.FilesRead;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompileErrorsTest {
  @TempDir Path folder;

  @Test
  void aMistypedVariableIsShownWithItsLineAndTheNearestName() throws IOException {
    // Given
    Path file =
        source(
            "HelloWorld.java",
            """
            import dev.millrace.KafkaFunction;
            import java.util.List;

            public class HelloWorld {
              @KafkaFunction(name = "hello-world", topics = "some.topic")
              public void helloWorld(List<String> messages) {
            \tSystem.out.println("Hello world, I have consumed " + mesages);
              }
            }
            """);

    // When
    List<Problem> problems = problems(file);

    // Then
    assertThat(problems)
        .singleElement()
        .hasToString(
            """
            [HelloWorld.java:7] cannot find symbol: variable mesages. Perhaps you meant messages.
            \tSystem.out.println("Hello world, I have consumed " + mesages);
            \t                                                     ^\
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "List<String> a;      | cannot find symbol: class List     | Add 'import java.util.List;'"
            + " at the top",
        "Duration a;          | cannot find symbol: class Duration | Add 'import"
            + " java.time.Duration;' at the top",
        "Message<String> a;   | cannot find symbol: class Message  | Add 'import"
            + " dev.millrace.Message;' at the top",
        "@Nullable String a;  | cannot find symbol: class Nullable | Add 'import"
            + " org.jspecify.annotations.Nullable;' at the top",
        "Object a = Instant.now(); | cannot find symbol: variable Instant | Add 'import"
            + " java.time.Instant;' at the top",
        "Lisst<String> a;     | cannot find symbol: class Lisst    | Perhaps you meant List",
        "Beside a;            | cannot find symbol: class Beside   | Name Beside.java too, so that"
            + " both are compiled together",
        "int a = \"x\".lenght(); | cannot find symbol: method lenght() in class String | Perhaps"
            + " you meant length",
        "dev.millrace.Message<String> m; String a = m.valeu(); | cannot find symbol: method valeu()"
            + " in variable m of type Message<String> | Perhaps you meant value",
        "void a() { halper(); } void helper() {} | cannot find symbol: method halper() | Perhaps"
            + " you meant helper",
        "void a(Zyzzyva q) {}    | cannot find symbol: class Zyzzyva     | ``",
        "dev.milrace.Emit<String> a; | package dev.milrace does not exist | Perhaps you meant"
            + " dev.millrace",
        "org.acme.Thing a;    | package org.acme does not exist | A function sees the JDK,"
            + " dev.millrace and the jars named beside it: name its jar too, or begin the file with"
            + " //DEPS group:artifact:version",
        "int a = \"x\";       | incompatible types: String cannot be converted to int | ``",
        "int a = Math.abs();  | no suitable method found for abs(no arguments); method"
            + " Math.abs(int) is not applicable (actual and formal argument lists differ in"
            + " length); method Math.abs(long) is not applicable (actual and formal argument lists"
            + " differ in length); method Math.abs(float) is not applicable (actual and formal"
            + " argument lists differ in length); method Math.abs(double) is not applicable (actual"
            + " and formal argument lists differ in length) | ``",
        "void a(int i) { a(); } | method a in class Wrong cannot be applied to given types;"
            + " required: int; found: no arguments; reason: actual and formal argument lists differ"
            + " in length | ``",
        "int a() { return 1 } | ';' expected | ``",
        "dev.millrace.engine.problem.Problem a; | package dev.millrace.engine.problem does not"
            + " exist | A function sees the JDK, dev.millrace and the jars named beside it: name"
            + " its jar too, or begin the file with //DEPS group:artifact:version",
        "boolean a(Object o) { return switch (o) { case int i -> true; default -> false; }; } |"
            + " primitive patterns are a preview feature and are disabled by default | ``",
      })
  void commonMistakesAreSaidOnOneLineWithAdvice(String member, String what, String advice)
      throws IOException {
    // Given
    source("Beside.java", "record Beside() {}");
    Path file = source("Wrong.java", "class Wrong {\n  " + member + "\n}\n");

    // When
    List<Problem> problems = problems(file);

    // Then
    assertThat(problems)
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.where()).isEqualTo("Wrong.java:2");
          assertThat(problem.what()).isEqualTo(what);
          assertThat(problem.advice()).isEqualTo(advice);
          assertThat(problem.excerpt()).first().isEqualTo("  " + member);
        });
  }

  @Test
  void errorsOfSeveralFilesAreToldTogether() throws IOException {
    // Given
    Path one = source("One.java", "class One { int a = true; }");
    Path two = source("Two.java", "class Two {\r\n  int b = \"\";\r\n  int c = false; }");

    // When
    List<Problem> problems = problems(one, two);

    // Then
    assertThat(problems)
        .extracting(Problem::where)
        .containsExactly("One.java:1", "Two.java:2", "Two.java:3");
    assertThat(problems.get(1).excerpt()).containsExactly("  int b = \"\";", "          ^");
  }

  @Test
  void atMostTwentyErrorsAreShown() throws IOException {
    // Given
    Path file = source("Many.java", "class Many {\n" + "  Unknown x();\n".repeat(23) + "}\n");

    // When
    List<Problem> problems = problems(file);

    // Then
    assertThat(problems).hasSize(21);
    assertThat(problems.getLast())
        .hasToString("[compiler] there are 26 more errors. Correct these first.");
  }

  @Test
  void aFileThatEndsTooEarlyIsShownAtItsEnd() throws IOException {
    // Given
    Path file = source("Open.java", "class Open {\n  void a() {");

    // When
    List<Problem> problems = problems(file);

    // Then
    assertThat(problems)
        .singleElement()
        .hasToString(
            "[Open.java:2] reached end of file while parsing.\n  void a() {\n            ^");
  }

  private Path source(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private List<Problem> problems(Path... files) {
    return catchThrowableOfType(
            SetupException.class,
            () ->
                AuthorCode.load(
                        List.of(files), folder.resolve("cache"), notice -> {}, new FilesRead())
                    .close())
        .problems();
  }
}
