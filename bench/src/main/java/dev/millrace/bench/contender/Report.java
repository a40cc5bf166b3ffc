package dev.millrace.bench.contender;

import java.time.Duration;

/// What a contender's process tells its parent, one line each.
public sealed interface Report {
  /// The line for it.
  String line();

  /// Reads a line.
  static Report parse(String line) {
    String[] words = line.split(" ", -1);
    return switch (words[0]) {
      case FirstRecord.WORD ->
          new FirstRecord(Long.parseLong(words[1]), Double.parseDouble(words[2]));
      case Heap.WORD -> new Heap(Long.parseLong(words[1]));
      case Done.WORD ->
          new Done(
              Long.parseLong(words[1]),
              Long.parseLong(words[2]),
              Long.parseLong(words[3]),
              Double.parseDouble(words[4]));
      default -> throw new IllegalArgumentException("not a contender's report: " + line);
    };
  }

  /// The first record has reached the function.
  ///
  /// @param atMillis since the epoch
  /// @param cpuSeconds that the process took until then
  record FirstRecord(long atMillis, double cpuSeconds) implements Report {
    private static final String WORD = "first-record";

    static FirstRecord now() {
      return new FirstRecord(System.currentTimeMillis(), Report.cpuSeconds());
    }

    @Override
    public String line() {
      return WORD + " " + atMillis + " " + cpuSeconds;
    }
  }

  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  /// How many calls have ended.
  ///
  /// @param atMillis since the epoch
  /// @param calls so many
  /// @param disorder those of them that were out of order
  /// @param cpuSeconds that the process took until then
  record Done(long atMillis, long calls, long disorder, double cpuSeconds) implements Report {
    private static final String WORD = "done";

    static Done now(long calls, long disorder) {
      return new Done(System.currentTimeMillis(), calls, disorder, Report.cpuSeconds());
    }

    @Override
    public String line() {
      return WORD + " " + atMillis + " " + calls + " " + disorder + " " + cpuSeconds;
    }
  }

  /// The heap in use, with what the next collection would free.
  ///
  /// @param usedBytes its size
  record Heap(long usedBytes) implements Report {
    private static final String WORD = "heap";

    @Override
    public String line() {
      return WORD + " " + usedBytes;
    }
  }
}
