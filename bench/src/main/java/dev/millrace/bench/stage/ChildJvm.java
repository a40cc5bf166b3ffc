package dev.millrace.bench.stage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A main class of this class path in a JVM of its own, which ends when its standard input is
/// closed.
public final class ChildJvm implements AutoCloseable {
  private static final int TAIL_LINES = 30;

  private final String name;
  private final Process process;
  private final Path log;

  private ChildJvm(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /// Starts it.
  ///
  /// @param name how messages call it
  /// @param main the fully qualified main class
  /// @param flags for the JVM
  /// @param arguments for the main class
  /// @param log receives what it writes to standard error
  /// @param lines receives what it writes to standard output, on a thread of its own
  public static ChildJvm start(
      String name,
      String main,
      List<String> flags,
      List<String> arguments,
      Path log,
      Consumer<String> lines)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dlogback.configurationFile=bench-logback.xml");
    command.add("-classpath");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    command.addAll(arguments);
    Files.createDirectories(log.toAbsolutePath().getParent());
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    Thread.ofVirtual()
        .name(name)
        .start(() -> {
          try (BufferedReader reader = process.inputReader()) {
            reader.lines().forEach(lines);
          } catch (IOException | UncheckedIOException e) {
            // The process was killed while it was read from: whoever did that knows.
            System.err.println(name + ": output broke off: " + e);
          }
        });
    return new ChildJvm(name, process, log);
  }

  /// CPU time of the process until now, in seconds; call it while the process lives.
  public double cpuSeconds() {
    return cpuSeconds(process.toHandle());
  }

  /// Memory of the process in RAM, in bytes.
  public long residentBytes() throws IOException {
    return ProcessStatus.residentBytes(process.pid());
  }

  /// Throws with the end of its log when the process has ended although nobody asked it to.
  public void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw failed("ended with exit code " + process.exitValue());
    }
  }

  /// An exception that says what happened and shows the end of the process's log.
  public IllegalStateException failed(String what) throws IOException {
    List<String> lines = Files.readAllLines(log);
    List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
    return new IllegalStateException(
        "[" + name + "] " + what + ". The end of " + log + ":\n" + String.join("\n", tail));
  }

  /// Ends it without a chance to clean up, as `kill -9` does, and waits for that.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Asks it to end and waits for that; kills it after 30 seconds.
  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /// CPU time of a process until now, in seconds.
  static double cpuSeconds(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }
}
