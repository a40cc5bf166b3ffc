package dev.millrace.cli;

import dev.millrace.engine.BoundedRun;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// A bar for a bounded run, where a person can see it; nothing elsewhere.
final class RunProgress implements AutoCloseable {
  private final Console console;
  private final Map<String, BoundedRun.Progress> functions = new LinkedHashMap<>();
  private @Nullable ProgressBar bar;

  RunProgress(Console console) {
    this.console = console;
  }

  /// A function has come this far.
  void at(BoundedRun.Progress progress) {
    if (!console.errTerminal()) {
      return;
    }
    functions.put(progress.function(), progress);
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("records")
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .clearDisplayOnFinish()
              .setConsumer(
                  new ConsoleProgressBarConsumer(
                      console.err(), new Terminal(console.environment()).width()))
              .build();
    }
    String standing =
        functions.values().stream()
            .flatMap(each -> each.standing().stream())
            .collect(Collectors.joining(", "));
    bar.setExtraMessage(standing.isEmpty() ? "" : " waiting for others: " + standing);
    bar.maxHint(functions.values().stream().mapToLong(BoundedRun.Progress::total).sum());
    bar.stepTo(functions.values().stream().mapToLong(BoundedRun.Progress::done).sum());
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
