package dev.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.bench.report.MemoryRun.Sample;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MemoryRunTest {
  @Test
  void growth_compares_the_last_quarter_with_the_second() {
    MemoryRun run =
        Runs.memory(
            new Sample(0, 0, 10, 5),
            new Sample(1, 300, 200, 5),
            new Sample(2, 400, 200, 5),
            new Sample(3, 600, 900, 5),
            new Sample(4, 800, 220, 5),
            new Sample(5, 1000, 220, 5));

    assertThat(run.growth()).isEqualTo(0.1, within(1e-9));
  }

  @Test
  void growth_needs_samples_in_both() {
    MemoryRun run = Runs.memory(new Sample(0, 0, 10, 5), new Sample(5, 1000, 220, 5));

    assertThatIllegalStateException()
        .isThrownBy(run::growth)
        .withMessageContaining("take a larger one");
  }

  @Test
  void the_page_shows_about_ten_samples_and_the_growth() {
    List<Sample> samples =
        LongStream.rangeClosed(0, 100)
            .mapToObj(i -> new Sample(i * 1000, i * 10, 300_000_000, 60_000_000))
            .toList();

    String page = Page.render(List.of(Runs.memory(samples.toArray(Sample[]::new))));

    assertThat(page)
        .contains("### Memory while a backlog of 1,000 records of 1,000 bytes is worked off")
        .contains("+0.0 %")
        .contains("| 50 s | 500 | 300 MB | 60 MB |");
    assertThat(page.lines().filter(line -> line.endsWith("| 300 MB | 60 MB |"))).hasSize(11);
  }
}
