package dev.millrace.bench.contender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.bench.stage.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WaitingFunctionTest {
  private final Values values = new Values(20, 1);
  private final List<Report> reports = new ArrayList<>();

  @Test
  void calls_in_order_are_right() throws Exception {
    WaitingFunction function = new WaitingFunction(Duration.ZERO, reports::add);

    function.call("a", values.value(0));
    function.call("b", values.value(0));
    function.call("a", values.value(1));

    assertThat(function.done().calls()).isEqualTo(3);
    assertThat(function.done().disorder()).isZero();
    assertThat(reports).singleElement().isInstanceOf(Report.FirstRecord.class);
  }

  @Test
  void what_comes_late_or_again_is_counted() throws Exception {
    WaitingFunction function = new WaitingFunction(Duration.ZERO, reports::add);

    function.call("a", values.value(1));
    function.call("a", values.value(0));
    function.call("a", values.value(1));

    assertThat(function.done().disorder()).isEqualTo(2);
  }

  @Test
  void calls_side_by_side_for_a_key_are_counted() throws Exception {
    WaitingFunction function = new WaitingFunction(Duration.ofHours(1), reports::add);

    List<Thread> calls =
        LongStream.range(0, 3)
            .mapToObj(values::value)
            .map(value ->
                Thread.startVirtualThread(() -> {
                  try {
                    function.call("a", value);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }))
            .toList();

    await().until(() -> function.done().disorder() == 2);
    calls.forEach(Thread::interrupt);
    for (Thread call : calls) {
      call.join();
    }
  }
}
