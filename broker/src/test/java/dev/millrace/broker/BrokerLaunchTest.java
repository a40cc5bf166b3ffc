package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerLaunchTest {
  @TempDir Path folder;

  @Test
  void tellsTheProcessWhatItNeeds() {
    var command =
        BrokerLaunch.in(folder, 9092).withAutoCreateTopics(false).withClassPath("a.jar").command();

    assertThat(command)
        .containsSubsequence(
            "-cp",
            "a.jar",
            "dev.millrace.broker.BrokerMain",
            "--data",
            folder.toString(),
            "--port",
            "9092",
            "--no-auto-create");
  }

  @Test
  void usesAClassArchiveOnlyIfItExists() throws IOException {
    Path archive = folder.resolve("broker.jsa");
    BrokerLaunch launch = BrokerLaunch.in(folder, 0).withClassArchive(archive);

    assertThat(launch.command()).doesNotContain("-XX:SharedArchiveFile=" + archive);
    Files.createFile(archive);
    assertThat(launch.command()).contains("-XX:SharedArchiveFile=" + archive);
  }

  @Test
  void hasTheOptionsThatDecideWhetherTheLaunchersArchiveIsAccepted() throws IOException {
    String launcher = Files.readString(Path.of("../millrace"));

    List<String> command = BrokerLaunch.in(folder, 0).command();

    assertThat(command)
        .filteredOn(option -> option.startsWith("--sun-misc") || option.startsWith("--enable"))
        .hasSize(2)
        .allSatisfy(option -> assertThat(launcher).contains(option));
  }
}
