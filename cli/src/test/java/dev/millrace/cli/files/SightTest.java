package dev.millrace.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SightTest {
  @TempDir private Path folder;

  private final Sight sight = new Sight();

  @Test
  void aSaveThatChangesNeitherTimeNorSizeIsSeenWhileTheFileIsYoung() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("A.java"), "a");
    FileTime time = FileTime.from(Instant.now());
    Files.setLastModifiedTime(file, time);
    Snapshot before = sight.look(List.of(file));
    Files.writeString(file, "b");
    Files.setLastModifiedTime(file, time);
    // When
    Snapshot now = sight.look(List.of(file));
    // Then
    assertThat(now.differences(before)).containsExactly(file);
  }

  @Test
  void aFileOfTheSameTimeAndSizeIsNotReadAgain() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("A.java"), "a");
    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(file, longAgo);
    Snapshot before = sight.look(List.of(file));
    Files.writeString(file, "b");
    Files.setLastModifiedTime(file, longAgo);
    // When
    Snapshot now = sight.look(List.of(file));
    // Then
    assertThat(now).isEqualTo(before);
    assertThat(sight.saves()).isZero();
  }

  @Test
  void aSaveOfTheSameIsASave() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("A.java"), "a");
    Snapshot before = sight.look(List.of(file));
    Path another = Files.writeString(folder.resolve("A.java.swp"), "a");
    Files.move(another, file, StandardCopyOption.ATOMIC_MOVE);
    // When
    Snapshot now = sight.look(List.of(file));
    // Then
    assertThat(now).isEqualTo(before);
    assertThat(sight.saves()).isEqualTo(1);
  }

  @Test
  void whatALinkPointsToIsLookedAt() throws Exception {
    // Given
    Path there = Files.writeString(folder.resolve("B.java"), "b");
    Path link = Files.createSymbolicLink(folder.resolve("A.java"), there);
    Snapshot before = sight.look(List.of(link));
    Files.writeString(there, "c");
    // When
    Snapshot now = sight.look(List.of(link));
    // Then
    assertThat(now.differences(before)).containsExactly(link);
  }
}
