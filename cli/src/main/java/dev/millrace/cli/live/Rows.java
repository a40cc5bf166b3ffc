package dev.millrace.cli.live;

import dev.millrace.engine.Engine;
import dev.millrace.engine.FunctionRun;
import dev.millrace.engine.FunctionStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/// How the functions of an engine stand, with rates over the last two seconds. For one thread.
final class Rows {
  private static final long WINDOW_NANOS = Duration.ofSeconds(2).toNanos();

  /// The most bytes of an output that are looked at.
  private static final int LOOKED_AT = 1_000;

  private record Count(long nanos, long in, long out) {}

  private final Engine engine;
  private final Map<FunctionRun, Deque<Count>> counts = new HashMap<>();

  Rows(Engine engine) {
    this.engine = engine;
  }

  /// One for each function.
  ///
  /// @param nanos now, by [System#nanoTime]
  List<Row> look(long nanos) {
    List<FunctionRun> runs = engine.runs();
    counts.keySet().retainAll(runs);
    List<Row> rows = new ArrayList<>();
    for (FunctionRun run : runs) {
      FunctionStatus status = run.status();
      Deque<Count> window = counts.computeIfAbsent(run, unseen -> new ArrayDeque<>());
      Count now = new Count(nanos, status.recordsIn(), status.recordsOut());
      window.addLast(now);
      while (window.size() > 2 && nanos - window.getFirst().nanos() > WINDOW_NANOS) {
        window.removeFirst();
      }
      Count then = window.getFirst();
      double seconds = Math.max(1, nanos - then.nanos()) / 1e9;
      rows.add(
          new Row(
              status,
              (now.in() - then.in()) / seconds,
              (now.out() - then.out()) / seconds,
              run.meters().failedCalls(),
              run.lastOutput().map(Rows::text).orElse(""),
              run.lastFailure()));
    }
    return rows;
  }

  private static String text(ProducerRecord<byte[], byte[]> output) {
    byte[] value = output.value();
    if (value == null) {
      return output.topic() + "  (no value)";
    }
    String text = new String(value, 0, Math.min(value.length, LOOKED_AT), StandardCharsets.UTF_8);
    return output.topic() + "  " + new OneLine(text);
  }
}
