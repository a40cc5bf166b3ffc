package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every promise on the page of guarantees names a test that exists.
class GuaranteesDocTest {
  private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z]+(?:Test|IT)\\.[A-Za-z]+)`");
  private static final Pattern METHOD =
      Pattern.compile("^  void ([A-Za-z]+)\\(", Pattern.MULTILINE);

  @Test
  void everyRowNamesTestsThatExist() throws IOException {
    // Given
    Set<String> there = tests();
    // When
    List<String> unproven = new ArrayList<>();
    int rows = 0;
    for (String line : Files.readAllLines(Page.ROOT.resolve("docs/concepts/guarantees.md"))) {
      if (!line.startsWith("|") || line.startsWith("|---") || line.endsWith("| shown by |")) {
        continue;
      }
      rows++;
      String last = line.substring(line.lastIndexOf('|', line.length() - 2));
      List<String> named = TEST.matcher(last).results().map(found -> found.group(1)).toList();
      if (named.isEmpty()) {
        unproven.add(line);
      }
      named.stream().filter(test -> !there.contains(test)).forEach(unproven::add);
    }
    // Then
    assertThat(rows).isPositive();
    assertThat(unproven).isEmpty();
  }

  /// All tests of the clone, each as `Class.method`.
  private static Set<String> tests() throws IOException {
    Set<String> tests = new HashSet<>();
    try (Stream<Path> files = Files.walk(Page.ROOT)) {
      for (Path file : files.filter(GuaranteesDocTest::isTest).toList()) {
        String type = file.getFileName().toString().replace(".java", "");
        METHOD
            .matcher(Files.readString(file))
            .results()
            .forEach(found -> tests.add(type + "." + found.group(1)));
      }
    }
    return tests;
  }

  private static boolean isTest(Path file) {
    String name = file.toString();
    return name.contains("/src/test/")
        && !name.contains("/target/")
        && (name.endsWith("Test.java") || name.endsWith("IT.java"));
  }
}
