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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// All Java in the documents is compiled and tested: a whole file of this module or of the program
/// in `library`, or a region of one, between `// @start` and `// @end`.
class DocumentedCodeTest {
  private static final String TESTING = "testing/src/main/java/dev/millrace/testing";
  private static final Pattern JAVADOC = Pattern.compile("/// ```java\n((?:///.*\n)*?)/// ```\n");

  @Test
  void isCompiled() throws IOException {
    // Given
    Set<String> compiled = compiled();
    // When
    List<String> uncompiled = new ArrayList<>();
    for (Page page : Page.all()) {
      for (Page.Block block : page.blocks()) {
        if (block.language().equals("java") && !compiled.contains(block.text().strip())) {
          uncompiled.add(page + ", " + block);
        }
      }
    }
    // Then
    assertThat(uncompiled).isEmpty();
  }

  @Test
  void isCompiledInJavadocOfWhatAuthorsTestWith() throws IOException {
    // Given
    Set<String> compiled = compiled();
    // When
    List<String> uncompiled = new ArrayList<>();
    try (Stream<Path> files = Files.list(Page.ROOT.resolve(TESTING))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
        JAVADOC
            .matcher(Files.readString(file))
            .results()
            .map(block -> block.group(1).replaceAll("(?m)^/// ?", "").strip())
            .filter(code -> !compiled.contains(code))
            .forEach(uncompiled::add);
      }
    }
    // Then
    assertThat(uncompiled).isEmpty();
  }

  private static Set<String> compiled() throws IOException {
    Set<String> compiled = new HashSet<>();
    for (Path folder : List.of(Path.of("src"), Path.of("library"))) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
          String text = Files.readString(file);
          compiled.add(withoutTags(text).strip());
          regions(text).forEach(compiled::add);
        }
      }
    }
    return compiled;
  }

  private static List<String> regions(String text) {
    List<String> regions = new ArrayList<>();
    StringBuilder region = null;
    for (String line : text.lines().toList()) {
      if (line.strip().startsWith("// @start")) {
        region = new StringBuilder();
      } else if (line.strip().equals("// @end") && region != null) {
        regions.add(region.toString().stripTrailing().stripIndent().strip());
        region = null;
      } else if (region != null) {
        region.append(line).append('\n');
      }
    }
    return regions;
  }

  private static String withoutTags(String text) {
    return text.lines()
        .filter(line -> !line.strip().startsWith("// @"))
        .collect(Collectors.joining("\n"));
  }
}
