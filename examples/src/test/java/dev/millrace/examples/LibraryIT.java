package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.KafkaFunction;
import dev.millrace.engine.Millrace;
import dev.millrace.testing.KafkaExtension;
import dev.millrace.testing.TestKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Builds and runs `examples/library` as a stranger would: Millrace's jars come from a repository,
/// and Maven's own local one stays untouched.
@ExtendWith(KafkaExtension.class)
class LibraryIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final String VERSION = "0.1.0-SNAPSHOT";

  @TempDir private Path folder;

  @Test
  void aStrangersProgramRunsAFunction(TestKafka kafka) throws Exception {
    // Given
    deploy("millrace", CLONE.resolve("pom.xml"), null);
    deploy("millrace-api", CLONE.resolve("api/pom.xml"), jarOf(KafkaFunction.class));
    deploy("millrace-engine", CLONE.resolve("engine/pom.xml"), jarOf(Millrace.class));
    copy(Path.of("library"), folder.resolve("library"));
    Commands millrace = new Commands(kafka);
    millrace.createTopics("guests", "greetings");
    millrace.produce("guests", List.of("{\"name\":\"Ann\"}"));

    // When
    Process program = start(kafka.bootstrap());
    try {
      // Then
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> !program.isAlive() || !millrace.values("greetings").isEmpty());
      assertThat(program.isAlive()).as(said()).isTrue();
      assertThat(millrace.values("greetings")).containsExactly(Map.of("text", "Good morning, Ann"));
    } finally {
      program.destroy();
      assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private Process start(String bootstrap) throws Exception {
    // Third parties' jars come from the repository that this build has filled, which is only read.
    ProcessBuilder maven =
        new ProcessBuilder(
                CLONE.resolve("mvnw").toString(),
                "--batch-mode",
                "--offline",
                "-f",
                folder.resolve("library/pom.xml").toString(),
                "-s",
                settings().toString(),
                "-Daether.offline.protocols=file",
                "-Dmaven.repo.local=" + folder.resolve("local"),
                "-Dmaven.repo.local.tail=" + repositoryOfThisBuild(),
                "compile",
                "exec:java",
                "-Dexec.args=" + bootstrap)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile());
    maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
    maven.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
    return maven.start();
  }

  private String said() throws IOException {
    return Files.readString(folder.resolve("said"));
  }

  /// A stranger's settings: besides Maven Central, the repository with Millrace.
  private Path settings() throws IOException {
    return Files.writeString(
        folder.resolve("settings.xml"),
        """
        <settings>
          <profiles>
            <profile>
              <id>millrace</id>
              <repositories>
                <repository><id>millrace</id><url>%s</url></repository>
              </repositories>
            </profile>
          </profiles>
          <activeProfiles><activeProfile>millrace</activeProfile></activeProfiles>
        </settings>
        """
            .formatted(folder.resolve("repository").toUri()));
  }

  private void deploy(String artifact, Path pom, @Nullable Path jar) throws IOException {
    Path place =
        Files.createDirectories(
            folder.resolve("repository/dev/millrace").resolve(artifact).resolve(VERSION));
    String name = artifact + "-" + VERSION;
    Files.copy(pom, place.resolve(name + ".pom"));
    if (jar != null) {
      Files.copy(jar, place.resolve(name + ".jar"));
    }
  }

  private static Path jarOf(Class<?> type) throws Exception {
    Path jar = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    assumeTrue(Files.isRegularFile(jar), "Millrace is packed: the build has come so far");
    return jar;
  }

  /// Where the jars of this test's own class path are.
  private static Path repositoryOfThisBuild() throws Exception {
    Path jar = Path.of(Test.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    // group/group/group/artifact/version/jar
    return jar.resolve("../../../../../..").normalize();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }
}
