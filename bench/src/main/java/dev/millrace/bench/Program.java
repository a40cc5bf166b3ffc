package dev.millrace.bench;

import dev.millrace.bench.report.Page;
import dev.millrace.bench.report.Results;
import dev.millrace.bench.report.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// What the benchmarks have in common: how they start, and what becomes of their numbers.
final class Program {
  @Option(
      names = "--keep",
      description =
          "Keep the numbers in bench/results and put them on docs/benchmarks.md. Otherwise they go"
              + " to bench/results/scratch.")
  private boolean keep;

  private final Progress progress;

  Program(Progress progress) {
    this.progress = progress;
  }

  /// Runs a benchmark as a process.
  static void start(Callable<Integer> benchmark, String[] args) {
    System.setProperty("logback.configurationFile", "bench-logback.xml");
    System.exit(new CommandLine(benchmark).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  /// This moment, as the numbers have it.
  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// Writes the numbers so far.
  void write(Run run) throws IOException {
    Path file = results().write(run);
    progress.say("numbers: %s", file);
  }

  /// Prints the numbers, and puts those that are kept on the page.
  void show(Run run) throws IOException {
    System.out.print(Page.render(List.of(run)));
    if (keep) {
      Page.update(Folders.PAGE, results());
    }
  }

  private Results results() {
    return new Results(keep ? Folders.KEPT : Folders.SCRATCH);
  }
}
