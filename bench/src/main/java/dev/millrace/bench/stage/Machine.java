package dev.millrace.bench.stage;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.kafka.common.utils.AppInfoParser;

/// What a benchmark ran on.
///
/// @param processor its model
/// @param cores how many of them
/// @param memoryBytes RAM
/// @param system name and version of the operating system
/// @param java version and vendor of the JVM
/// @param kafka version of the Kafka clients
/// @param revision what was measured: the commit, with `+` when files differ from it
/// @param loadAtStart processes that wanted to run in the minute before; a quiet machine is near 0
public record Machine(
    String processor,
    int cores,
    long memoryBytes,
    String system,
    String java,
    String kafka,
    String revision,
    double loadAtStart) {

  /// This machine now.
  public static Machine here() throws IOException, InterruptedException {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        processorModel(),
        system.getAvailableProcessors(),
        system.getTotalMemorySize(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.version") + " " + System.getProperty("java.vendor"),
        AppInfoParser.getVersion(),
        revisionHere(),
        system.getSystemLoadAverage());
  }

  /// One line for a person.
  public String sentence() {
    return String.format(
        Locale.ROOT,
        "%d x %s, %.0f GB RAM, %s, Java %s, Kafka %s",
        cores,
        processor,
        memoryBytes / 1e9,
        system,
        java,
        kafka);
  }

  private static String processorModel() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.exists(info)) {
      return System.getProperty("os.arch");
    }
    try (var lines = Files.lines(info)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    }
  }

  private static String revisionHere() throws IOException, InterruptedException {
    Process git =
        new ProcessBuilder("git", "describe", "--always", "--dirty=+")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return git.waitFor() == 0 ? answer.strip() : "unknown";
  }
}
