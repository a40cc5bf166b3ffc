package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The map shows what is there: every class and package that the documents name exists.
class ArchitectureDocTest {
  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern CLASS = Pattern.compile("[A-Z][a-z]+([A-Z][a-z0-9]*)+|[A-Z][a-z]+");
  private static final Pattern PACKAGE = Pattern.compile("dev\\.millrace(\\.[a-z]+)*");

  @ParameterizedTest
  @ValueSource(strings = {"ARCHITECTURE.md", "CONTRIBUTING.md", "docs/designs/main-job.md"})
  void everyNameExists(String page) throws IOException {
    // Given
    Set<String> there = namesInTheSources();
    // When
    List<String> gone =
        CODE.matcher(Files.readString(Page.ROOT.resolve(page)))
            .results()
            .map(found -> found.group(1))
            .flatMap(ArchitectureDocTest::names)
            .filter(name -> !there.contains(name))
            .toList();
    // Then
    assertThat(gone).isEmpty();
  }

  /// A package, a class, or a class before a method: `Core.step`.
  private static Stream<String> names(String code) {
    if (PACKAGE.matcher(code).matches()) {
      return Stream.of(code);
    }
    String first = code.split("[.#(]", 2)[0];
    return CLASS.matcher(first).matches() ? Stream.of(first) : Stream.empty();
  }

  private static Set<String> namesInTheSources() throws IOException {
    Set<String> names = new HashSet<>();
    Pattern nested = Pattern.compile("(?:class|record|interface|enum) ([A-Z][A-Za-z]+)");
    try (Stream<Path> files = Files.walk(Page.ROOT)) {
      for (Path file : files.filter(ArchitectureDocTest::isSource).toList()) {
        String text = Files.readString(file);
        nested.matcher(text).results().map(found -> found.group(1)).forEach(names::add);
        Pattern.compile("^package ([a-z.]+);", Pattern.MULTILINE)
            .matcher(text)
            .results()
            .map((MatchResult found) -> found.group(1))
            .forEach(names::add);
      }
    }
    return names;
  }

  private static boolean isSource(Path file) {
    String name = file.toString();
    return name.endsWith(".java") && !name.contains("/target/") && name.contains("/src/");
  }
}
