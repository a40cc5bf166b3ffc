package dev.millrace.bench.contender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReportTest {
  static Report[] reports() {
    return new Report[] {
      new Report.FirstRecord(1_767_225_600_123L, 0.25),
      new Report.Heap(123_456_789),
      new Report.Done(1_767_225_600_123L, 400_000, 2, 1.5)
    };
  }

  @ParameterizedTest
  @MethodSource("reports")
  void reads_back_what_it_wrote(Report report) {
    assertThat(Report.parse(report.line())).isEqualTo(report);
  }

  @Test
  void another_line_is_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Report.parse("hello world"));
  }
}
