package dev.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {
  private static final String BEGIN = "<!-- generated from bench/results: begin -->\n";
  private static final String END = "<!-- generated from bench/results: end -->\n";

  @Test
  void shows_medians_with_quartiles_and_every_round() {
    String page = Page.render(List.of(Runs.twoRounds(200, "2026-01-01T10:00:00Z")));

    assertThat(page)
        .contains("### Values of 200 bytes, 1,000,000 records")
        .contains(
            "2026-01-01, revision abc1234, load at the start 0.1, 2 rounds. 2 x Some CPU, 16 GB")
        .contains("`-Xmx512m`")
        .contains("`linger.ms=5`")
        .contains(
            "| Spring Kafka batch listener | after each poll, waiting | **325** (288-363)"
                + " | **0.65** (0.58-0.73) |")
        .contains("| round | flush | pipelined | spring |")
        .contains("| 1 | 500 | 250 | 400 |")
        .contains("| 2 | 250 | 500 | 250 |");
  }

  @Test
  void shows_the_newest_run_of_each_size_smallest_first() {
    String page =
        Page.render(
            List.of(
                Runs.twoRounds(1000, "2026-01-02T10:00:00Z"),
                Runs.twoRounds(200, "2026-01-03T10:00:00Z"),
                Runs.twoRounds(200, "2026-01-01T10:00:00Z")));

    assertThat(page)
        .containsSubsequence("2026-01-03, revision", "2026-01-02, revision")
        .doesNotContain("2026-01-01");
  }

  @Test
  void shows_who_works_on_keys_side_by_side_and_who_ran_out_of_time() {
    KeyMeasurement spring = new KeyMeasurement("spring", 7000, 20_000, false, 0, 1.4);
    KeyMeasurement parallel = new KeyMeasurement("parallel", 400_000, 20_000, true, 0, 30);
    KeyMeasurement millrace = new KeyMeasurement("millrace", 400_000, 5000, true, 2, 10);

    String page =
        Page.render(
            List.of(
                Runs.keys(
                    new KeyRound(1, List.of(spring, parallel, millrace)),
                    new KeyRound(2, List.of(millrace, spring, parallel)))));

    assertThat(page)
        .contains("### Order by key: 400,000 records of 1,000 uniform keys, 10 ms each")
        .contains("The most frequent key has 500 records. Waiting alone would allow 80,000 records")
        .containsSubsequence(
            "| **80,000** (80,000-80,000) | **4.00** (4.00-4.00) | 4 | 2 of 2 | **25** (25-25) |",
            "| **20,000** (20,000-20,000) | **1.00** (1.00-1.00) | 0 | 2 of 2 |",
            "| **350** (350-350) | **0.02** (0.02-0.02) | 0 | 0 of 2 | **200** (200-200) |")
        .contains("| round | millrace | parallel | spring |", "| 2 | 80,000 | 20,000 | 350 |");
  }

  @Test
  void says_what_kills_lost_and_repeated() {
    assertThat(Page.render(List.of(Runs.kills(0, 123_456))))
        .contains("### Killed 10 times on the way through 200,000 records")
        .contains("Missing: **0**. Repeated: **123,456** of at most 150,000. Passed.");
    assertThat(Page.render(List.of(Runs.kills(1, 0)))).contains("**Failed**");
    assertThat(Page.render(List.of(Runs.kills(0, 150_001)))).contains("**Failed**");
  }

  @Test
  void replaces_its_own_part_and_leaves_the_rest_of_the_page() {
    String before = "# Title\n" + BEGIN + "old\n" + END + "more\n";

    String after = Page.updated(before, List.of(Runs.twoRounds(200, "2026-01-01T10:00:00Z")));

    assertThat(after)
        .startsWith("# Title\n" + BEGIN + "\n### Values of 200 bytes")
        .endsWith("\n" + END + "more\n")
        .doesNotContain("old");
  }

  @Test
  void says_which_lines_a_page_lacks() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Page.updated("# Title\n", List.of()))
        .withMessageContaining(BEGIN);
  }
}
