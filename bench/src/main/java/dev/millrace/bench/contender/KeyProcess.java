package dev.millrace.bench.contender;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// The process of one contender under key order. It ends when its standard input does; on standard
/// output it prints [Report]s, everything else goes to standard error.
public final class KeyProcess {
  private static final Duration REPORTS = Duration.ofMillis(50);

  private KeyProcess() {}

  /// The arguments of its main.
  ///
  /// @param bootstrap the broker's address
  /// @param input the topic to read from its beginning
  /// @param group the consumer group
  /// @param concurrency the most calls in flight
  /// @param pause how long the function waits for each record
  public static List<String> arguments(
      KeyPeer peer, String bootstrap, String input, String group, int concurrency, Duration pause) {
    return List.of(
        peer.id(), bootstrap, input, group, Integer.toString(concurrency), pause.toString());
  }

  public static void main(String[] args) throws Exception {
    PrintStream parent = System.out;
    System.setOut(System.err);
    Stop stop = Stop.atEndOf(System.in);
    Consumer<Report> reports =
        report -> {
          parent.println(report.line());
          parent.flush();
        };
    WaitingFunction function = new WaitingFunction(Duration.parse(args[5]), reports);
    Thread.ofPlatform().daemon().name("reports").start(() -> report(stop, function, reports));
    KeyPeer.of(args[0])
        .contender()
        .run(new KeyTask(args[1], args[2], args[3], Integer.parseInt(args[4]), function), stop);
  }

  private static void report(Stop stop, WaitingFunction function, Consumer<Report> reports) {
    try {
      while (!stop.await(REPORTS)) {
        reports.accept(function.done());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
