package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.millrace.cli.Finding.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineChecksTest {
  @TempDir private Path folder;

  @Test
  void theJdkThatRunsThisWillDo() {
    assertThat(machine().java())
        .satisfies(java -> assertThat(java.level()).isEqualTo(Level.OK))
        .satisfies(java -> assertThat(java.what()).contains(System.getProperty("java.home")));
  }

  @Test
  void aPortIsFreeOrTaken() throws IOException {
    // Given
    ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    int port = socket.getLocalPort();

    // When
    Finding taken = machine().port(port, "something", "Stop it");
    socket.close();
    Finding free = machine().port(port, "something", "Stop it");

    // Then
    assertThat(taken.level()).isEqualTo(Level.WARN);
    assertThat(taken.what()).startsWith("taken").endsWith("not free for something");
    assertThat(taken.advice()).isEqualTo("Stop it");
    assertThat(free).isEqualTo(Finding.ok("port " + port, "free for something"));
  }

  @Test
  void thereIsRoomOnTheDisk() {
    assertThat(machine().disk().what()).matches("[\\d,]+ MB free in .*");
  }

  @Test
  void aDataFolderThatIsNotThereIsMadeByDev() {
    assertThat(machine().data().level()).isEqualTo(Level.OK);
    assertThat(machine().data().what()).endsWith("is not there yet: 'dev' makes it");
    assertThat(folder.resolve(".millrace")).doesNotExist();
  }

  @Test
  void aDataFolderKnowsWhetherABrokerUsesIt() throws IOException {
    // Given
    Path broker = Files.createDirectories(folder.resolve(".millrace/broker"));
    Finding before = machine().data();

    // When
    Finding during;
    try (FileChannel lock =
        FileChannel.open(
            broker.resolve("broker.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock.lock();
      during = machine().data();
    }

    // Then
    assertThat(before.what()).endsWith("holds 0 MB, and no broker uses it");
    assertThat(during.what()).endsWith("is in use by a running 'dev'");
    assertThat(machine().data()).isEqualTo(before);
  }

  @Test
  void aFileInPlaceOfTheDataFolderIsBad() throws IOException {
    // Given
    Files.writeString(folder.resolve(".millrace"), "");

    // When
    Finding data = machine().data();

    // Then
    assertThat(data.level()).isEqualTo(Level.BAD);
    assertThat(data.advice()).contains("--ephemeral");
  }

  @Test
  void aDataFolderThatCannotBeReadIsBad() throws IOException {
    // Given
    Path closed = Files.createDirectories(folder.resolve(".millrace/broker/topic"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(closed), "root may read everything");
    try {
      // When
      Finding data = machine().data();

      // Then
      assertThat(data.level()).isEqualTo(Level.BAD);
      assertThat(data.what()).endsWith("broker/topic may not be read");
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void aCacheThatCannotBeWrittenCostsTime() throws IOException {
    // Given
    Path file = Files.writeString(folder.resolve("file"), "");

    // When
    Finding cache = new MachineChecks(folder, file.resolve("cache"), Map.of()).cache();

    // Then
    assertThat(cache.level()).isEqualTo(Level.WARN);
    assertThat(cache.advice()).contains("MILLRACE_CACHE");
    assertThat(machine().cache().level()).isEqualTo(Level.OK);
  }

  @Test
  void thePythonOfTheEnvironmentIsAsked() throws IOException {
    // Given
    python("old/bin/python", "Python 3.8.10");
    python("new/bin/python", "Python 3.13.2");
    python("here/.venv/bin/python", "Python 3.12.0rc1");

    // Then
    assertThat(python("old")).satisfies(old -> assertThat(old.level()).isEqualTo(Level.WARN));
    assertThat(python("old").what()).contains("'Python 3.8.10'");
    assertThat(python("new").what()).startsWith("Python 3.13.2");
    assertThat(python("gone").level()).isEqualTo(Level.WARN);
    assertThat(new MachineChecks(folder.resolve("here"), folder, Map.of()).python().what())
        .startsWith("Python 3.12.0rc1");
  }

  private MachineChecks machine() {
    return new MachineChecks(folder, folder.resolve("cache"), Map.of());
  }

  private Finding python(String environment) {
    return new MachineChecks(
            folder, folder, Map.of("VIRTUAL_ENV", folder.resolve(environment).toString()))
        .python();
  }

  private void python(String path, String version) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\necho '" + version + "'\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
