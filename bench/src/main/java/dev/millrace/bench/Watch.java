package dev.millrace.bench;

import dev.millrace.bench.stage.ChildJvm;
import dev.millrace.bench.stage.Cluster;
import java.io.IOException;
import java.time.Duration;

/// Follows a contender through the input from outside, by what the broker says, so that none of
/// them has a say in when it was done.
final class Watch {
  private static final Duration TICK = Duration.ofMillis(25);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Course course;
  private final ChildJvm contender;
  private final String output;
  private final String group;
  private long lastMove = System.currentTimeMillis();

  Watch(Course course, ChildJvm contender, String output, String group) {
    this.course = course;
    this.contender = contender;
    this.output = output;
    this.group = group;
  }

  /// Is told every 25 ms how far the output is.
  interface Look {
    /// So many records were in the output at this moment, in milliseconds since the epoch.
    void at(long millis, long written) throws IOException;
  }

  /// Waits until the output topic has so many records, all of them acknowledged; returns when that
  /// was.
  long untilWritten(long records, Look look) throws IOException, InterruptedException {
    long before = -1;
    while (true) {
      long written = Cluster.total(course.cluster().ends(output));
      long now = System.currentTimeMillis();
      look.at(now, written);
      if (written >= records) {
        return now;
      }
      waitOn(written > before, written);
      before = written;
    }
  }

  /// Waits until the group's offsets are the input's ends; returns when that was.
  long untilCommitted() throws IOException, InterruptedException {
    while (true) {
      if (course.cluster().committed(group, course.input()).equals(course.inputEnds())) {
        return System.currentTimeMillis();
      }
      waitOn(false, course.records());
    }
  }

  private void waitOn(boolean moved, long written) throws IOException, InterruptedException {
    long now = System.currentTimeMillis();
    if (moved) {
      lastMove = now;
    } else if (now - lastMove > PATIENCE.toMillis()) {
      throw contender.failed(
          "stands at %d records since %d s".formatted(written, PATIENCE.toSeconds()));
    }
    contender.requireAlive();
    Thread.sleep(TICK);
  }
}
