package dev.millrace.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void aFileThatTakesThePlaceOfAnotherIsASave() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("A.java"), "a");
    try (FileWatch watch = new FileWatch()) {
      watch.watch(Set.of(folder), Set.of(file));
      Path unfinished = Files.writeString(folder.resolve("4913~"), "b");
      // When
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      // Then
      assertThat(watch.await(PATIENCE)).isTrue();
    }
  }

  @Test
  void otherFilesDoNotMatter() throws Exception {
    // Given
    Path schema = folder.resolve("order.schema");
    try (FileWatch watch = new FileWatch()) {
      watch.watch(Set.of(folder), Set.of(schema));
      // When
      Files.writeString(folder.resolve("dev.log"), "a line");
      // Then
      assertThat(watch.await(Duration.ofMillis(300))).isFalse();
      Files.writeString(schema, "{}");
      assertThat(watch.await(PATIENCE)).isTrue();
    }
  }

  @Test
  void aFolderThatComesBackIsWatchedAgain() throws Exception {
    // Given
    Path below = Files.createDirectory(folder.resolve("below"));
    try (FileWatch watch = new FileWatch()) {
      watch.watch(Set.of(folder, below), Set.of());
      Files.delete(below);
      assertThat(watch.await(PATIENCE)).isTrue();
      Files.createDirectory(below);
      assertThat(watch.await(PATIENCE)).isTrue();
      watch.watch(Set.of(folder, below), Set.of());
      // When
      Files.writeString(below.resolve("A.java"), "a");
      // Then
      assertThat(watch.await(PATIENCE)).isTrue();
    }
  }
}
