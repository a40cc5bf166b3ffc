package dev.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
  @TempDir private Path folder;

  @Test
  void are_read_as_they_were_written_oldest_first() throws IOException {
    Results results = new Results(folder.resolve("new"));
    PassRun later = Runs.twoRounds(200, "2026-01-02T10:00:00Z");
    PassRun earlier = Runs.twoRounds(1000, "2026-01-01T10:00:00Z");

    KillRun kills = Runs.kills(0, 5);
    MemoryRun memory = Runs.memory(new MemoryRun.Sample(1, 2, 3, 4));

    for (Run run : List.of(later, kills, earlier, memory)) {
      results.write(run);
    }

    assertThat(results.read())
        .containsExactlyInAnyOrder(kills, memory, earlier, later)
        .isSortedAccordingTo(Comparator.comparing(Run::startedAt));
  }

  @Test
  void of_a_run_that_goes_on_replace_the_earlier_state() throws IOException {
    Results results = new Results(folder);
    PassRun begun = Runs.of(200, "2026-01-02T10:00:00Z");
    PassRun goneOn = begun.with(new Round(1, List.of(Runs.measured("flush", 2000, 4))));

    results.write(begun);
    results.write(goneOn);

    assertThat(results.read()).containsExactly(goneOn);
  }
}
