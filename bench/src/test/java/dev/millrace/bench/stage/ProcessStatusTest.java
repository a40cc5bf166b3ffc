package dev.millrace.bench.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class ProcessStatusTest {
  @Test
  void resident_memory_is_read_from_a_status_page() {
    String status = "Name:\tjava\nVmHWM:\t  300 kB\nVmRSS:\t  200 kB\nThreads:\t5\n";

    assertThat(ProcessStatus.residentBytes(status)).isEqualTo(204_800);
  }

  @Test
  void a_process_that_has_ended_has_none() {
    assertThatIllegalStateException()
        .isThrownBy(() -> ProcessStatus.residentBytes("Name:\tjava\nState:\tZ (zombie)\n"));
  }
}
