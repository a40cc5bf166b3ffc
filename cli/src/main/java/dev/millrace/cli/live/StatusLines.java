package dev.millrace.cli.live;

import dev.millrace.engine.Engine;
import dev.millrace.engine.FunctionStatus;
import dev.millrace.engine.FunctionStatus.Word;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Says in a line when the status word of a function changes: what the table shows where nobody
/// looks at a terminal. Whether there is work is no news.
public final class StatusLines implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(250);

  private final Engine engine;
  private final Consumer<String> say;
  private final Map<String, Word> said = new HashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("millrace-status").unstarted(task));

  /// Begins to look.
  public StatusLines(Engine engine, Consumer<String> say) {
    this.engine = engine;
    this.say = say;
    var unused =
        thread.scheduleWithFixedDelay(
            this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    engine.runs().forEach(run -> look(run.status()));
  }

  private void look(FunctionStatus status) {
    Word word = status.word() == Word.IDLE ? Word.OK : status.word();
    if (word == Word.UNKNOWN) {
      return; // Between two moments of a group.
    }
    Word before = said.put(status.function(), word);
    if (word != (before == null ? Word.OK : before)) {
      boolean known = word == Word.OK || word == Word.PAUSED || status.reason().isEmpty();
      say.accept(
          "["
              + status.function()
              + "] "
              + word
              + (known ? "" : ": " + new OneLine(status.reason()))
              + ".");
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
