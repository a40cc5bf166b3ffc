package dev.millrace.bench.contender;

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
      default -> throw new IllegalArgumentException("not a contender's report: " + line);
    };
  }

  /// The first record has reached the function.
  ///
  /// @param atMillis since the epoch
  /// @param cpuSeconds that the process took until then
  record FirstRecord(long atMillis, double cpuSeconds) implements Report {
    private static final String WORD = "first-record";

    @Override
    public String line() {
      return WORD + " " + atMillis + " " + cpuSeconds;
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
