package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `./millrace` in a clone whose Maven and JDK only pretend, so that nothing takes long.
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class LauncherIT {
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "cat",
          "cksum",
          "cp",
          "cut",
          "env",
          "find",
          "flock",
          "grep",
          "head",
          "mkdir",
          "mv",
          "perl",
          "readlink",
          "rm",
          "sed",
          "sleep",
          "sort",
          "tail",
          "touch");

  /// Notes that it was called, waits if it is told to, fails if it is told to, and builds.
  private static final String MAVEN =
      """
      #!/bin/bash
      echo "$JAVA_HOME $*" >>calls
      echo '[INFO] Building Millrace API: what authors import 0.1.0   [2/5]'
      while [ -e wait ]; do sleep 0.05; done
      if [ -e broken ]; then
        echo '[ERROR] Failed to execute goal compile: cannot find symbol -> [Help 1]'
        echo '[ERROR] '
        echo '[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.'
        exit 1
      fi
      mkdir -p api/target/quick cli/target/quick
      echo jar >api/target/quick/millrace-api-1.jar
      echo jar >cli/target/quick/millrace-cli-1.jar
      echo jar >library.jar
      printf %s "$PWD/api/target/quick/millrace-api-1.jar:$PWD/library.jar" >cli/target/quick/classpath
      """;

  /// Says how it was started; stands in for a `dev` that is ready, and for the making of an
  /// archive.
  private static final String JAVA =
      """
      #!/bin/bash
      for argument; do
        case $argument in
          -XX:SharedArchiveFile=*) archive=${argument#*=} ;;
        esac
      done
      case " $* " in
        *' -Xshare:dump '*) echo archive >"$archive"; exit ;;
        *' dev '*) echo '{"bootstrap":"localhost:1"}'; exec sleep 60 ;;
      esac
      echo "process $$"
      env | grep '^MILLRACE_'
      printf '<%s>\\n' "$@"
      exit 75
      """;

  @TempDir Path folder;

  private final Map<String, String> environment = new HashMap<>();
  private Path clone = Path.of("");
  private Path jdk = Path.of("");

  @BeforeEach
  void makeClone() throws IOException {
    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool : TOOLS) {
      for (String place : System.getenv("PATH").split(File.pathSeparator, -1)) {
        Path found = Path.of(place, tool);
        if (Files.isExecutable(found) && Files.notExists(tools.resolve(tool))) {
          executable(tools.resolve(tool), "#!/bin/sh\nexec " + found + " \"$@\"\n");
        }
      }
    }
    clone = Files.createDirectories(folder.resolve("a clone")).toRealPath();
    for (String file :
        List.of("millrace", "build/jdk.sh", "build/prepare.sh", "build/training/Training.java")) {
      Path copy = clone.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(Path.of("..", file), copy, StandardCopyOption.COPY_ATTRIBUTES);
    }
    executable(clone.resolve("mvnw"), MAVEN);
    for (String module : List.of("api", "cli")) {
      Files.createDirectories(clone.resolve(module + "/src/main/java"));
      Files.writeString(clone.resolve(module + "/pom.xml"), "");
      Files.writeString(clone.resolve(module + "/src/main/java/A.java"), "");
    }
    Files.createDirectories(clone.resolve("examples/src/main/java"));
    Files.writeString(clone.resolve("pom.xml"), "");
    jdk = jdk("jdks/new", "25.0.3+9", "java", "javac");
    environment.put("PATH", tools.toString());
    environment.put("HOME", folder.toString());
    environment.put("MILLRACE_JDK_FOLDERS", folder + "/jdks/*");
    environment.put("MILLRACE_ARCHIVE", "off");
  }

  @Test
  void withoutAJdkItSaysWhereItLooked() throws Exception {
    // Given
    shell("rm -r '" + jdk + "'");
    Path old = jdk("jdks/old", "17.0.15", "java", "javac");
    Path runtime = jdk("jdks/runtime", "25.0.3", "java");
    environment.put("JAVA_HOME", folder + "/nowhere");

    // When
    Start start = millrace();

    // Then
    assertThat(start.exitCode).isEqualTo(2);
    assertThat(start.output()).isEmpty();
    assertThat(start.errors())
        .startsWith(
            "[java] Millrace needs a JDK of version 25 or newer and found none. Install one")
        .contains(
            "  JAVA_HOME, " + folder + "/nowhere: no JDK\n",
            "  java on the PATH: none\n",
            "  " + old + ": 17.0.15\n",
            "  " + runtime + ": 25.0.3, without a compiler\n",
            "  " + folder + "/jdks/*: nothing else\n");
  }

  @Test
  void theFirstStartBuildsAndBecomesJava() throws Exception {
    // Given
    environment.put("MILLRACE_JAVA_OPTS", "-Xmx1g -Da=b");
    environment.put("MILLRACE_BOOTSTRAP", "kafka:9092");

    // When
    Start start = millrace("run", "My File.java", "");

    // Then
    assertThat(start.exitCode).isEqualTo(75);
    List<String> lines = start.output().lines().toList();
    assertThat(lines)
        .startsWith(
            "process " + start.pid,
            "MILLRACE_BOOTSTRAP=kafka:9092",
            "<--sun-misc-unsafe-memory-access=allow>")
        .endsWith(
            "<-Xmx1g>", "<-Da=b>", "<dev.millrace.cli.Main>", "<run>", "<My File.java>", "<>");
    assertThat(classPath(start))
        .hasSize(3)
        .allMatch(Files::isRegularFile)
        .noneMatch(jar -> jar.endsWith("target/quick/millrace-api-1.jar"))
        .last()
        .isEqualTo(clone.resolve("library.jar"));
    assertThat(start.errors())
        .startsWith("Building Millrace with the JDK 25.0.3+9 in " + jdk)
        .containsPattern("  Millrace API +[0-9]+ s\n");
    assertThat(calls()).singleElement().asString().startsWith(jdk + " -Dquick");
  }

  @Test
  void theSecondStartDoesNotBuild() throws Exception {
    // Given
    millrace();

    // When
    Start start = millrace("--help");

    // Then
    assertThat(start.errors()).isEmpty();
    assertThat(start.output()).endsWith("<dev.millrace.cli.Main>\n<--help>\n");
    assertThat(calls()).hasSize(1);
  }

  @Test
  void itStartsFromAnywhereAndThroughALink() throws Exception {
    // Given
    millrace();
    Path link = folder.resolve("millrace");
    Files.createSymbolicLink(link, Path.of("a clone", "millrace"));

    // When
    Start start = start(link.toString(), "--help");

    // Then
    assertThat(start.errors()).isEmpty();
    assertThat(start.output()).contains("<-Dmillrace.command=" + link + ">");
    assertThat(start.exitCode).isEqualTo(75);
    assertThat(calls()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "touch cli/src/main/java/A.java",
        "touch api/pom.xml",
        "touch pom.xml",
        "touch build/prepare.sh",
        "rm cli/src/main/java/A.java",
        "rm -r api/src/main",
        "rm library.jar",
        "rm -r target",
      })
  void whatChangedIsBuiltAgain(String change) throws Exception {
    // Given
    millrace();
    shell(change);

    // When
    Start start = millrace();

    // Then
    assertThat(start.errors()).startsWith("Building Millrace");
    assertThat(millrace().errors()).isEmpty();
    assertThat(calls()).hasSize(2);
  }

  @Test
  void aProcessKeepsItsJarsWhenTheyAreBuiltAgain() throws Exception {
    // Given
    List<Path> before = classPath(millrace());
    Files.writeString(clone.resolve("mvnw"), MAVEN.replace("echo jar", "echo other"));
    shell("touch pom.xml");

    // When
    List<Path> after = classPath(millrace());

    // Then
    assertThat(before).allMatch(Files::isRegularFile);
    assertThat(after.getFirst()).isNotEqualTo(before.getFirst()).hasContent("other");
    assertThat(before.getFirst()).hasContent("jar");
  }

  @Test
  void aFailedBuildSaysWhyAndDoesNotStart() throws Exception {
    // Given
    Files.createFile(clone.resolve("broken"));

    // When
    Start start = millrace();

    // Then
    assertThat(start.exitCode).isEqualTo(2);
    assertThat(start.output()).isEmpty();
    assertThat(start.errors())
        .contains(
            "[build] Millrace could not be built. Correct this and start again; the whole log")
        .endsWith("[ERROR] Failed to execute goal compile: cannot find symbol\n");
    Files.delete(clone.resolve("broken"));
    assertThat(millrace().exitCode).isEqualTo(75);
  }

  @Test
  void startsAtTheSameTimeWaitForOneBuild() throws Exception {
    // Given
    Path wait = Files.createFile(clone.resolve("wait"));
    Start first = begin(clone.resolve("millrace").toString());
    await().until(() -> Files.exists(clone.resolve("calls")));
    Start second = begin(clone.resolve("millrace").toString());
    await()
        .until(
            () -> second.errors().equals("Another start is building Millrace: waiting for it.\n"));

    // When
    Files.delete(wait);

    // Then
    assertThat(first.end().exitCode).isEqualTo(75);
    assertThat(second.end().exitCode).isEqualTo(75);
    assertThat(calls()).hasSize(1);
  }

  @Test
  void anInterruptedBuildIsBuiltAgain() throws Exception {
    // Given
    Path wait = Files.createFile(clone.resolve("wait"));
    Start first = begin(clone.resolve("millrace").toString());
    await().until(() -> Files.exists(clone.resolve("calls")));
    first.process.destroy();
    assertThat(first.end().exitCode).isEqualTo(130);
    Files.delete(wait);

    // When
    Start second = millrace();

    // Then
    assertThat(second.exitCode).isEqualTo(75);
    assertThat(calls()).hasSize(2);
  }

  @Test
  void theArchiveIsMadeOnceAndUsed() throws Exception {
    // Given
    environment.remove("MILLRACE_ARCHIVE");
    Start first = millrace();

    // When
    Start second = millrace();

    // Then
    assertThat(first.errors()).containsPattern("  Fast starts +[0-9]+ s\n");
    assertThat(second.errors()).isEmpty();
    Path archive = Path.of(argument(second, "-XX:SharedArchiveFile="));
    assertThat(archive).hasContent("archive").hasParent(classPath(second).getFirst().getParent());
    assertThat(argument(second, "-Dmillrace.broker.archive=")).isEqualTo(archive.toString());
    try (Stream<Path> files = Files.list(archive.getParent())) {
      assertThat(files).allMatch(Files::isRegularFile);
    }
  }

  @Test
  void anotherJdkIsPreparedOnItsOwn() throws Exception {
    // Given
    millrace();
    Path other = jdk("elsewhere/jdk", "26.0.1", "java", "javac");
    environment.put("JAVA_HOME", other.toString());

    // When
    Start start = millrace();

    // Then
    assertThat(start.errors()).startsWith("Building Millrace with the JDK 26.0.1 in " + other);
    assertThat(millrace().errors()).isEmpty();
    environment.remove("JAVA_HOME");
    assertThat(calls()).hasSize(2);
  }

  private void shell(String command) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", command).directory(clone.toFile()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  private Start millrace(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(clone.resolve("millrace").toString()));
    command.addAll(List.of(arguments));
    return start(command.toArray(String[]::new));
  }

  private Start start(String... command) throws Exception {
    return begin(command).end();
  }

  private Start begin(String... command) throws IOException {
    List<String> withShell = new ArrayList<>(List.of(folder + "/tools/bash"));
    withShell.addAll(List.of(command));
    Path output = Files.createTempFile(folder, "start", ".out");
    Path errors = Files.createTempFile(folder, "start", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(withShell)
            .directory(folder.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new Start(builder.start(), output, errors);
  }

  private static final class Start {
    private final Process process;
    private final long pid;
    private final Path output;
    private final Path errors;
    private int exitCode;

    Start(Process process, Path output, Path errors) {
      this.process = process;
      this.pid = process.pid();
      this.output = output;
      this.errors = errors;
    }

    Start end() throws InterruptedException {
      assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
      exitCode = process.exitValue();
      return this;
    }

    String output() throws IOException {
      return Files.readString(output);
    }

    String errors() throws IOException {
      return Files.readString(errors);
    }
  }

  private static String argument(Start start, String prefix) throws IOException {
    return start
        .output()
        .lines()
        .filter(line -> line.startsWith("<" + prefix))
        .map(line -> line.substring(prefix.length() + 1, line.length() - 1))
        .findFirst()
        .orElseThrow();
  }

  private static List<Path> classPath(Start start) throws IOException {
    List<String> lines = start.output().lines().toList();
    String classPath = lines.get(lines.indexOf("<-cp>") + 1);
    return Stream.of(classPath.substring(1, classPath.length() - 1).split(":", -1))
        .map(Path::of)
        .toList();
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(clone.resolve("calls"));
  }

  private Path jdk(String name, String version, String... programs) throws IOException {
    Path home = folder.toRealPath().resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    for (String program : programs) {
      executable(home.resolve("bin").resolve(program), JAVA);
    }
    return home;
  }

  private static void executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
