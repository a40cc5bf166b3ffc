package dev.millrace.bench.contender;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// The process of one contender. It ends when its standard input does; on standard output it prints
/// [Report]s, everything else goes to standard error.
public final class ContenderProcess {
  private static final Duration HEAP_REPORTS = Duration.ofMillis(500);

  private ContenderProcess() {}

  /// The arguments of its main.
  ///
  /// @param bootstrap the broker's address
  /// @param input the topic to read from its beginning, or from where the group was
  /// @param output the topic to write
  /// @param group the consumer group
  /// @param pause how long the function takes for a value
  public static List<String> arguments(
      Peer peer, String bootstrap, String input, String output, String group, Duration pause) {
    return List.of(peer.id(), bootstrap, input, output, group, pause.toString());
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
    Function function = new Function(Duration.parse(args[5]), reports);
    Task task = new Task(args[1], args[2], args[3], args[4], function);
    Thread.ofPlatform().daemon().name("heap").start(() -> reportHeap(stop, reports));
    Peer.of(args[0]).contender().run(task, stop);
  }

  private static void reportHeap(Stop stop, Consumer<Report> reports) {
    var memory = ManagementFactory.getMemoryMXBean();
    try {
      do {
        reports.accept(new Report.Heap(memory.getHeapMemoryUsage().getUsed()));
      } while (!stop.await(HEAP_REPORTS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
