package dev.millrace.engine.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingsReferenceTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "settings.md");

  @Test
  void thePageIsWhatTheCodeSays() throws IOException {
    String page = SettingsReference.markdown();

    if (Boolean.getBoolean("reference.write")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE)
        .as("after a change of the catalogues: ./mvnw verify -Dreference.write=true")
        .content()
        .isEqualTo(page);
  }
}
