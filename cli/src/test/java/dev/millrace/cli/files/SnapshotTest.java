package dev.millrace.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
  @TempDir private Path folder;

  @Test
  void aFileThatIsOnlyTouchedIsTheSame() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("A.java"), "a");
    Snapshot before = Snapshot.of(List.of(file));
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    // When
    Snapshot now = Snapshot.of(List.of(file));
    // Then
    assertThat(now.differences(before)).isEmpty();
  }

  @Test
  void whatIsOtherNewOrGoneIsADifference() throws Exception {
    // Given
    Path changed = Files.writeString(folder.resolve("A.java"), "a");
    Path gone = Files.writeString(folder.resolve("B.java"), "b");
    Path same = Files.writeString(folder.resolve("C.java"), "c");
    Snapshot before = Snapshot.of(List.of(changed, gone, same));
    Files.writeString(changed, "aa");
    Files.delete(gone);
    Path added = Files.writeString(folder.resolve("D.java"), "d");
    // When
    Snapshot now = Snapshot.of(List.of(changed, gone, same, added));
    // Then
    assertThat(now.differences(before)).containsExactly(changed, gone, added);
    assertThat(now.hasLost(before)).isTrue();
    assertThat(before.hasLost(before)).isFalse();
  }

  @Test
  void whatWasNotedFirstOfAFileHolds() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("A.java"), "a");
    FilesRead read = new FilesRead();
    read.before(file);
    Snapshot before = Snapshot.of(List.of(file));
    Files.writeString(file, "saved while it was read");
    // When
    read.before(file);
    // Then
    assertThat(read.snapshot()).isEqualTo(before);
  }
}
