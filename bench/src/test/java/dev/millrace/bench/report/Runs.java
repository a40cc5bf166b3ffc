package dev.millrace.bench.report;

import dev.millrace.bench.stage.Machine;
import java.util.List;
import java.util.Map;

/// Results with round numbers, for tests.
final class Runs {
  private static final Machine MACHINE =
      new Machine("Some CPU", 2, 16_000_000_000L, "Linux 6", "25", "4.3.1", "abc1234", 0.1);

  private Runs() {}

  /// A run of a million records, a quarter of them warm-up.
  static PassRun of(int valueBytes, String startedAt, Round... rounds) {
    return new PassRun(
        startedAt,
        MACHINE,
        valueBytes,
        1_000_000,
        250_000,
        4,
        1,
        List.of("-Xmx512m"),
        Map.of("linger.ms", "5"),
        List.of(rounds));
  }

  /// A backlog of 1,000 records of 1,000 bytes with these samples.
  static MemoryRun memory(MemoryRun.Sample... samples) {
    return new MemoryRun(
        "2026-01-01T00:00:00Z",
        MACHINE,
        "pipelined",
        1000,
        1000,
        List.of("-Xmx256m"),
        List.of(samples));
  }

  /// 400,000 records of uniform keys, at most 500 of one, with a limit of 20 s.
  static KeyRun keys(KeyRound... rounds) {
    return new KeyRun(
        "2026-01-01T00:00:00Z",
        MACHINE,
        "uniform",
        1000,
        400_000,
        500,
        4,
        10,
        1000,
        20_000,
        1,
        List.of("-Xmx512m"),
        List.of(rounds));
  }

  /// 200,000 records, ten kills, a bound of 150,000.
  static KillRun kills(long missing, long repeated) {
    return new KillRun(
        "2026-01-01T00:00:00Z",
        MACHINE,
        "pipelined",
        200_000,
        10,
        missing,
        repeated,
        150_000,
        120_000);
  }

  /// Two rounds: the flushing loop is the better one in the first, the pipelined one in the second.
  static PassRun twoRounds(int valueBytes, String startedAt) {
    return of(
        valueBytes,
        startedAt,
        new Round(
            1,
            List.of(measured("flush", 2000, 4), measured("pipelined", 4000, 5), spring(2500, 6))),
        new Round(
            2,
            List.of(spring(4000, 6), measured("pipelined", 2000, 3), measured("flush", 4000, 4))));
  }

  private static Measurement spring(long millis, double cpuSeconds) {
    return measured("spring", millis, cpuSeconds);
  }

  /// A second before the end of the warm-up, 100 ms between the last output and the last commit,
  /// two CPU seconds until the first record.
  static Measurement measured(String contender, long millis, double cpuSeconds) {
    return new Measurement(contender, 1000, millis - 100, millis, cpuSeconds + 2, 2, 1.5);
  }
}
