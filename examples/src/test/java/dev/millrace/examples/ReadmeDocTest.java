package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Does what the README, the tutorial and the how-to pages say, and sees what they show.
///
/// A block of `sh` is typed; one with the comment `stays` above it, in a terminal of its own. A
/// block of `text` is what is seen then. A block that is not to be typed says why: `not run: ...`.
class ReadmeDocTest {
  static Stream<Page> pages() throws IOException {
    return Page.all().stream()
        .filter(page -> page.toString().matches("README.md|docs/(tutorials|how-to)/.*"));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void whatItSaysWorks(Page page, @TempDir Path folder) throws Exception {
    try (Terminals terminals = new Terminals(folder)) {
      int since = 0;
      for (Page.Block block : page.blocks()) {
        switch (block.language()) {
          case "sh" -> {
            if (block.note().startsWith("not run: ")) {
              continue;
            }
            since = terminals.said();
            if (block.note().equals("stays")) {
              terminals.typeAndLeave(block);
            } else {
              terminals.type(block);
            }
          }
          case "text" -> terminals.expect(block, since);
          default -> {}
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyBlockSaysWhatItIs(Page page) {
    // When
    List<Page.Block> unknown =
        page.blocks().stream()
            .filter(block -> !List.of("sh", "text", "java", "yaml").contains(block.language()))
            .toList();
    // Then
    assertThat(unknown).isEmpty();
  }
}
