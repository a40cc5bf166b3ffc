package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CliReferenceTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "cli.md");
  private static final Pattern COMMAND = Pattern.compile("^  ([a-z]+) +[A-Z]", Pattern.MULTILINE);

  @Test
  void thePageIsWhatTheCommandsSay() throws IOException {
    StringBuilder page =
        new StringBuilder(
            """
            # Commands

            This page is made from the code; a test keeps it so. It is what `--help` prints.
            """);
    add(page, "");

    if (Boolean.getBoolean("reference.write")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE)
        .as("after a change of a command: ./mvnw verify -Dreference.write=true")
        .content()
        .isEqualTo(page.toString());
  }

  /// Adds a command and those below it.
  private static void add(StringBuilder page, String command) {
    Millrace help =
        Millrace.run(
            Stream.of((command + " --help").split(" "))
                .filter(word -> !word.isEmpty())
                .toArray(String[]::new));
    page.append("\n## millrace")
        .append(command)
        .append("\n\n```text\n")
        .append(help.out().strip())
        .append("\n```\n");
    int below = help.out().indexOf("Commands:");
    if (below >= 0) {
      COMMAND
          .matcher(help.out().substring(below))
          .results()
          .forEach(found -> add(page, command + " " + found.group(1)));
    }
  }
}
