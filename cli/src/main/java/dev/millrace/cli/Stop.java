package dev.millrace.cli;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Tells a running command that it shall end; safe for use by several threads.
final class Stop {
  private final CountDownLatch requested = new CountDownLatch(1);
  private final List<Runnable> actions = new CopyOnWriteArrayList<>();

  /// Whether the command shall end.
  boolean requested() {
    return requested.getCount() == 0;
  }

  /// Asks the command to end, and wakes it where it waits.
  void request() {
    requested.countDown();
    actions.forEach(Runnable::run);
  }

  /// What to run, once or twice, when the end is asked for; at once if it was.
  void onRequest(Runnable action) {
    actions.add(action);
    if (requested()) {
      action.run();
    }
  }

  /// Closes this when the end is asked for, so that nobody stays blocked in it.
  void closes(Closeable stream) {
    onRequest(() -> {
      try {
        stream.close();
      } catch (IOException e) {
        // A stream that does not close leaves its reader blocked; the process ends anyway.
        System.err.println("Cannot close standard input: " + e.getMessage());
      }
    });
  }

  /// Waits this long, or less if the end is asked for.
  void await(Duration time) {
    try {
      if (requested.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      request();
    }
  }
}
