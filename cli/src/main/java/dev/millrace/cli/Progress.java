package dev.millrace.cli;

import dev.millrace.cli.input.Source;
import java.io.IOException;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// A bar that shows how much of a file is read, where a person can see it; nothing elsewhere.
final class Progress implements AutoCloseable {
  private static final long MEGABYTE = 1_000_000;

  /// Looking at the clock for every record would cost more than the record.
  private static final int EVERY = 512;

  private final Source source;
  private final Optional<ProgressBar> bar;
  private long steps;

  private Progress(Source source, Optional<ProgressBar> bar) {
    this.source = source;
    this.bar = bar;
  }

  static Progress of(Source source, Console console) throws IOException {
    if (!console.errTerminal() || !source.rereadable()) {
      return new Progress(source, Optional.empty());
    }
    int width = new Terminal(console.environment()).width();
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(source.name())
            .setInitialMax(source.size())
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .clearDisplayOnFinish()
            .setConsumer(new ConsoleProgressBarConsumer(console.err(), width));
    if (source.size() > MEGABYTE) {
      builder.setUnit(" MB", MEGABYTE);
    }
    return new Progress(source, Optional.of(builder.build()));
  }

  /// One record more.
  void step() {
    if (bar.isPresent() && ++steps % EVERY == 0) {
      bar.get().stepTo(source.position());
    }
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
