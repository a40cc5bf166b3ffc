package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StopTest {
  @Test
  void wakesWhoWaits() throws InterruptedException {
    // Given
    Stop stop = new Stop();
    CountDownLatch woken = new CountDownLatch(1);
    Thread.startVirtualThread(() -> {
      stop.await(Duration.ofHours(1));
      woken.countDown();
    });

    // When
    stop.request();

    // Then
    woken.await();
    assertThat(stop.requested()).isTrue();
  }

  @Test
  void runsActionsAlsoWhenTheyComeTooLate() {
    Stop stop = new Stop();
    AtomicInteger runs = new AtomicInteger();
    stop.onRequest(runs::incrementAndGet);

    stop.request();
    stop.onRequest(runs::incrementAndGet);

    assertThat(runs).hasValue(2);
  }
}
