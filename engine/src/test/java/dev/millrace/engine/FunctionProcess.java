package dev.millrace.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A function in a process of its own, to be killed.
final class FunctionProcess {
  private FunctionProcess() {}

  /// Starts a [TestFunction] of this name.
  ///
  /// @param micros what it takes for each message
  static Process start(TestCluster cluster, String name, long micros, Map<String, String> kafka)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(
        List.of(FunctionProcess.class.getName(), cluster.kafka.bootstrap(), name, "" + micros));
    kafka.forEach((key, value) -> command.add(key + "=" + value));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /// Runs until it is killed, drains when it is asked to end, and exits with 0 or 75 as the design
  /// says.
  public static void main(String[] args) throws Exception {
    Map<String, String> kafka = new HashMap<>();
    kafka.put("bootstrap.servers", args[0]);
    for (String setting : List.of(args).subList(3, args.length)) {
      kafka.put(setting.split("=")[0], setting.split("=")[1]);
    }
    Duration each = Duration.ofNanos(Long.parseLong(args[2]) * 1_000);
    TestFunction.on(args[1], message -> Thread.sleep(each));
    Engine engine = TestCluster.start(kafka, Duration.ofSeconds(2));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                Runtime.getRuntime().halt(engine.stop() ? 0 : 75);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
    TestFunction.named(args[1]).start(engine);
    // Ends with its parent, even when that is killed.
    var unused = System.in.read();
    Runtime.getRuntime().halt(1);
  }
}
