package dev.millrace.cli;

import dev.millrace.cli.source.Notice;
import dev.millrace.engine.problem.Problem;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// Says on standard error which jars are being downloaded: a bar where a person can see it, a line
/// for each jar elsewhere. Thread-safe: several are downloaded at once.
final class DependencyProgress implements Consumer<Notice>, AutoCloseable {
  private final Console console;
  private final Set<String> seen = new HashSet<>();
  private long bytes;
  private @Nullable ProgressBar bar;

  DependencyProgress(Console console) {
    this.console = console;
  }

  @Override
  public synchronized void accept(Notice notice) {
    switch (notice) {
      case Notice.Downloading downloading -> {
        // Of the small files about a jar nobody needs to know.
        if (downloading.file().endsWith(".jar")) {
          downloading(downloading);
        }
      }
      case Notice.NotLocked(var lock, String reason) ->
          console
              .err()
              .println(
                  new Problem(
                      lock.toString(),
                      "cannot be written (" + reason + "), so the dependencies are not locked",
                      "They are resolved again at every start. Make the folder writable once"));
    }
  }

  private void downloading(Notice.Downloading jar) {
    boolean first = seen.add(jar.file());
    if (!console.errTerminal()) {
      if (first) {
        console.err().println("Downloading " + jar.file());
      }
      return;
    }
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("dependencies")
              .setStyle(ProgressBarStyle.ASCII)
              .setUnit(" kB", 1_000)
              .setUpdateIntervalMillis(200)
              .clearDisplayOnFinish()
              .setConsumer(
                  new ConsoleProgressBarConsumer(
                      console.err(), new Terminal(console.environment()).width()))
              .build();
    }
    if (first && jar.size() > 0) {
      bytes += jar.size();
      bar.maxHint(bytes);
    }
    bar.setExtraMessage(jar.file());
    bar.stepBy(jar.added());
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
