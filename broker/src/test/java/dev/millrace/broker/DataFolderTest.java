package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.broker.BrokerException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataFolderTest {
  private static final Path FOLDER = Path.of("data");

  @TempDir Path folder;

  @Test
  void needsALeastSpace() {
    var problem =
        catchThrowableOfType(
            BrokerException.class,
            () -> DataFolder.checkFree(FOLDER, DataFolder.MINIMUM_FREE_BYTES - 1));

    assertThat(problem.kind()).isEqualTo(Kind.DISK_FULL);
    assertThat(problem)
        .hasMessage(
            "The disk is full: 63 MB are free for the data folder data, and a broker needs at least"
                + " 64 MB. Free some space, or choose a folder on another disk.");
    assertThatCode(() -> DataFolder.checkFree(FOLDER, DataFolder.MINIMUM_FREE_BYTES))
        .doesNotThrowAnyException();
  }

  @Test
  void isTakenByOneAtATime() throws IOException {
    // Given
    DataFolder first = DataFolder.open(folder);

    // When
    var refused = catchThrowableOfType(BrokerException.class, () -> DataFolder.open(folder));

    // Then
    assertThat(refused.kind()).isEqualTo(Kind.FOLDER_IN_USE);
    first.close();
    DataFolder.open(folder).close();
  }

  @Test
  void isRefusedWhenANewerVersionWroteIt() throws IOException {
    // Given
    Files.writeString(folder.resolve("broker.version"), "99.1.0\n", StandardCharsets.UTF_8);

    // When
    var problem = catchThrowableOfType(BrokerException.class, () -> DataFolder.open(folder));

    // Then
    assertThat(problem.kind()).isEqualTo(Kind.FOLDER_UNUSABLE);
    assertThat(problem).hasMessageContaining("was written by Kafka 99.1.0");
    Files.delete(folder.resolve("broker.version"));
    DataFolder.open(folder).close(); // the lock was given back
  }

  @ParameterizedTest
  @CsvSource({
    "4.3.1, 4.3.1, false",
    "4.3.9, 4.3.1, false",
    "4.4.0, 4.3.1, true",
    "4.10.0, 4.9.1, true",
    "5.0.0, 4.3.1, true",
    "3.9.0, 4.3.1, false",
    "'', 4.3.1, false",
    "rubbish, 4.3.1, false"
  })
  void comparesVersionsByMajorAndMinor(String theirs, String ours, boolean newer) {
    assertThat(DataFolder.isNewer(theirs, ours)).isEqualTo(newer);
  }
}
