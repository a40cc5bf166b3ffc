package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A folder with a reader of the documents in it, who types their commands: it looks like the
/// clone, with the examples and a `./millrace` that starts what this build has compiled.
///
/// The broker of `dev` takes any free port; the commands behind it find it there.
final class Terminals implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern READY = Pattern.compile("Kafka is ready on (localhost:[0-9]+)");

  private final Path folder;
  private final StringBuffer transcript = new StringBuffer();
  private final List<Process> open = new ArrayList<>();
  private Optional<String> bootstrap = Optional.empty();

  Terminals(Path folder) throws IOException {
    this.folder = folder;
    Path sources = Path.of("src", "main", "java");
    Path copies = Files.createDirectories(folder.resolve("examples").resolve(sources));
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.toList()) {
        Files.copy(file, copies.resolve(file.getFileName()));
      }
    }
    Files.writeString(
        folder.resolve("java.arguments"),
        """
        --sun-misc-unsafe-memory-access=allow
        --enable-native-access=ALL-UNNAMED
        -XX:+UseSerialGC
        -XX:TieredStopAtLevel=1
        -cp
        "%s"
        """
            .formatted(classPath()));
    Path launcher =
        Files.writeString(
            folder.resolve("millrace"),
            """
            #!/bin/sh
            case $1 in dev) shift; set -- dev --port 0 "$@" ;; esac
            exec '%s/bin/java' '@%s/java.arguments' dev.millrace.cli.Main "$@"
            """
                .formatted(System.getProperty("java.home"), folder));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
  }

  /// What this test runs with, but without its own logging.
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(":"))
        .filter(entry -> !entry.endsWith("test-classes"))
        .map(entry -> entry.replace("\\", "\\\\"))
        .reduce((one, other) -> one + ":" + other)
        .orElseThrow();
  }

  /// Types a block, which must succeed.
  void type(Page.Block block) throws IOException, InterruptedException {
    Process shell = start("set -eu\n" + block.text());
    assertThat(shell.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("%s ends", block).isTrue();
    assertThat(shell.exitValue()).as("%s, which said%n%s", block, transcript).isZero();
  }

  /// Types a command that stays, in a terminal of its own, and waits until it is ready.
  void typeAndLeave(Page.Block block) throws IOException {
    int from = transcript.length();
    Process shell = start("exec " + block.text());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(transcript.substring(from)).as("%s", block).containsPattern(READY));
    assertThat(shell.isAlive()).as("%s stays", block).isTrue();
    Matcher ready = READY.matcher(transcript.substring(from));
    assertThat(ready.find()).isTrue();
    bootstrap = Optional.of(ready.group(1));
  }

  /// Waits until the lines of a block were said since this place, in their order. `...` stands for
  /// anything.
  void expect(Page.Block block, int since) {
    String lines =
        Stream.of(block.text().split("\n"))
            .filter(line -> !line.equals("..."))
            .map(line -> Pattern.quote(line).replace("...", "\\E[^\n]*\\Q"))
            .reduce((one, other) -> one + "$.*?^" + other)
            .orElseThrow();
    Pattern said = Pattern.compile("^" + lines + "$", Pattern.MULTILINE | Pattern.DOTALL);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(said.matcher(transcript.substring(since)).find())
                .as("%s: expected%n%s%nand saw%n%s", block, block.text(), transcript)
                .isTrue());
  }

  /// How much was said so far.
  int said() {
    return transcript.length();
  }

  private Process start(String command) throws IOException {
    ProcessBuilder shell =
        new ProcessBuilder("bash", "-c", command)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    shell.environment().put("MILLRACE_CACHE", folder.resolve("cache").toString());
    bootstrap.ifPresent(address -> shell.environment().put("MILLRACE_BOOTSTRAP", address));
    Process process = shell.start();
    open.add(process);
    Thread.ofPlatform().daemon().start(() -> listen(process));
    return process;
  }

  private void listen(Process process) {
    try (Reader said = process.inputReader(StandardCharsets.UTF_8)) {
      char[] buffer = new char[4096];
      for (int length = said.read(buffer); length >= 0; length = said.read(buffer)) {
        transcript.append(buffer, 0, length);
      }
    } catch (IOException e) {
      transcript.append(e);
    }
  }

  /// Ctrl-C in every terminal; nothing may stay behind.
  @Override
  public void close() {
    for (Process process : open) {
      List<ProcessHandle> children = process.descendants().toList();
      process.destroy();
      await().atMost(PATIENCE).until(() -> !process.isAlive());
      await().atMost(PATIENCE).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    }
  }
}
