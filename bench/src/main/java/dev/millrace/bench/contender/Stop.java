package dev.millrace.bench.contender;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Whether the process shall end: its standard input was closed, so its parent asks for it or died.
/// Thread-safe.
final class Stop {
  private final CountDownLatch closed = new CountDownLatch(1);

  /// Requested when this stream ends.
  static Stop atEndOf(InputStream input) {
    Stop stop = new Stop();
    Thread.ofPlatform()
        .daemon()
        .name("stop")
        .start(() -> {
          try {
            while (input.read() >= 0) {}
          } catch (IOException e) {
            System.err.println("standard input broke, ending: " + e);
          } finally {
            stop.closed.countDown();
          }
        });
    return stop;
  }

  boolean requested() {
    return closed.getCount() == 0;
  }

  /// Asks for it from within, because going on makes no sense.
  void request() {
    closed.countDown();
  }

  void await() throws InterruptedException {
    closed.await();
  }

  /// Waits no longer than this; returns whether it is requested.
  boolean await(Duration longest) throws InterruptedException {
    return closed.await(longest.toMillis(), TimeUnit.MILLISECONDS);
  }
}
