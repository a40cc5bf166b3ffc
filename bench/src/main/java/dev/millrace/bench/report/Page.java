package dev.millrace.bench.report;

import dev.millrace.bench.contender.KeyPeer;
import dev.millrace.bench.contender.Peer;
import dev.millrace.bench.stage.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The part of the benchmark page that is made from the result files. What people wrote around it
/// stays.
public final class Page {
  private static final String BEGIN = "<!-- generated from bench/results: begin -->\n";
  private static final String END = "<!-- generated from bench/results: end -->\n";

  private static final int SAMPLES_SHOWN = 10;

  /// Throughput first, small values before large ones.
  private static final Comparator<Run> ORDER =
      Comparator.comparingLong(run ->
          switch (run) {
            case PassRun pass -> pass.valueBytes();
            case KeyRun _ -> Integer.MAX_VALUE;
            case MemoryRun _ -> Integer.MAX_VALUE + 1L;
            case KillRun _ -> Integer.MAX_VALUE + 2L;
          });

  private Page() {}

  /// Puts the newest run of each series into the page.
  public static void update(Path page, Results results) throws IOException {
    Files.writeString(page, updated(Files.readString(page), results.read()));
  }

  /// The text with a new generated part.
  static String updated(String text, List<Run> runs) {
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          "the page has no place for results: the lines\n" + BEGIN + END);
    }
    return text.substring(0, begin + BEGIN.length()) + render(runs) + text.substring(end);
  }

  /// Markdown for the newest run of each series.
  public static String render(List<? extends Run> runs) {
    Map<String, Run> newest = new TreeMap<>();
    for (Run run : runs) {
      newest.merge(
          run.series(),
          run,
          (one, other) -> one.startedAt().compareTo(other.startedAt()) < 0 ? other : one);
    }
    return newest.values().stream().sorted(ORDER).map(Page::section).collect(Collectors.joining());
  }

  private static String section(Run run) {
    return switch (run) {
      case PassRun pass -> section(pass);
      case KeyRun keys -> section(keys);
      case MemoryRun memory -> section(memory);
      case KillRun kill -> section(kill);
    };
  }

  private static String section(KeyRun run) {
    StringBuilder text = new StringBuilder();
    line(text, "");
    line(
        text,
        "### Order by key: %,d records of %,d %s keys, %d ms each",
        run.records(),
        run.keys(),
        run.distribution(),
        run.pauseMillis());
    line(text, "");
    line(
        text,
        "%s, %d rounds. %s. Contender JVMs: `%s`. At most %,d calls in flight, %d s for each.",
        when(run.startedAt(), run.machine()),
        run.rounds().size(),
        run.machine().sentence(),
        String.join(" ", run.contenderFlags()),
        run.concurrency(),
        run.limitMillis() / 1000);
    line(text, "");
    line(
        text,
        "The most frequent key has %,d records. Waiting alone would allow %,.0f records a second"
            + " over the whole input.",
        run.hottest(),
        run.ceiling());
    line(text, "");
    line(
        text,
        "| contender | works on | records/s | against Parallel Consumer | out of order"
            + " | came to the end | CPU s per million |");
    line(text, "|---|---|--:|--:|--:|--:|--:|");
    List<KeyStanding> standings = KeyStanding.of(run);
    for (KeyStanding standing : standings) {
      line(
          text,
          "| %s | %s | %s | %s | %,d | %d of %d | %s |",
          standing.peer().title(),
          standing.peer().parallel(),
          spread("%,.0f", standing.rate(), 1),
          standing.ratio().map(ratio -> spread("%.2f", ratio, 1)).orElse("-"),
          standing.disorder(),
          standing.complete(),
          run.rounds().size(),
          spread("%.0f", standing.cpu(), 1));
    }
    line(text, "");
    line(text, "Records a second in each round:");
    line(text, "");
    List<KeyPeer> peers = standings.stream().map(KeyStanding::peer).toList();
    line(
        text, "| round | %s |", peers.stream().map(KeyPeer::id).collect(Collectors.joining(" | ")));
    line(text, "|--:|%s", "--:|".repeat(peers.size()));
    for (KeyRound round : run.rounds()) {
      line(
          text,
          "| %d | %s |",
          round.number(),
          peers.stream()
              .flatMap(peer -> round.of(peer.id()).stream())
              .map(measured -> format("%,.0f", measured.rate()))
              .collect(Collectors.joining(" | ")));
    }
    return text.toString();
  }

  private static String section(MemoryRun run) {
    StringBuilder text = new StringBuilder();
    line(text, "");
    line(
        text,
        "### Memory while a backlog of %,d records of %,d bytes is worked off",
        run.records(),
        run.valueBytes());
    line(text, "");
    line(
        text,
        "%s, %s. JVM: `%s`. %s.",
        Peer.of(run.contender()).title(),
        when(run.startedAt(), run.machine()),
        String.join(" ", run.contenderFlags()),
        run.machine().sentence());
    line(text, "");
    line(
        text,
        "Memory in the last quarter of the backlog against the second: **%+.1f %%** (medians).",
        run.growth() * 100);
    line(text, "");
    line(text, "| after | records out | process | heap in use |");
    line(text, "|--:|--:|--:|--:|");
    int last = run.samples().size() - 1;
    int shown = Math.min(SAMPLES_SHOWN, last);
    for (int i = 0; i <= shown; i++) {
      MemoryRun.Sample sample = run.samples().get(shown == 0 ? 0 : i * last / shown);
      line(
          text,
          "| %d s | %,d | %d MB | %d MB |",
          sample.millis() / 1000,
          sample.written(),
          sample.residentBytes() / 1_000_000,
          sample.heapBytes() / 1_000_000);
    }
    return text.toString();
  }

  private static String section(KillRun run) {
    StringBuilder text = new StringBuilder();
    line(text, "");
    line(text, "### Killed %d times on the way through %,d records", run.kills(), run.records());
    line(text, "");
    line(
        text,
        "%s, %s, %d s in all. %s.",
        Peer.of(run.contender()).title(),
        when(run.startedAt(), run.machine()),
        run.millis() / 1000,
        run.machine().sentence());
    line(text, "");
    line(
        text,
        "Missing: **%,d**. Repeated: **%,d** of at most %,d. %s.",
        run.missing(),
        run.repeated(),
        run.bound(),
        run.passed() ? "Passed" : "**Failed**");
    return text.toString();
  }

  private static String when(String startedAt, Machine machine) {
    return format(
        "%s, revision %s, load at the start %.1f",
        startedAt.substring(0, 10), machine.revision(), machine.loadAtStart());
  }

  private static String section(PassRun run) {
    StringBuilder text = new StringBuilder();
    line(text, "");
    line(text, "### Values of %,d bytes, %,d records", run.valueBytes(), run.records());
    line(text, "");
    line(
        text,
        "%s, %d rounds. %s. Contender JVMs: `%s`. Clients: %s.",
        when(run.startedAt(), run.machine()),
        run.rounds().size(),
        run.machine().sentence(),
        String.join(" ", run.contenderFlags()),
        new TreeMap<>(run.settings())
            .entrySet().stream()
                .map(entry -> "`" + entry.getKey() + "=" + entry.getValue() + "`")
                .collect(Collectors.joining(", ")));
    line(text, "");
    line(
        text,
        "Medians with quartiles. Ratios are against the better raw loop of the same round; \"warm\""
            + " leaves out the first %,d records.",
        run.warmUpRecords());
    line(text, "");
    line(
        text,
        "| contender | commits | k records/s | ratio | ratio before the last commit"
            + " | warm k records/s | warm ratio | CPU s per million | CPU ratio |");
    line(text, "|---|---|--:|--:|--:|--:|--:|--:|--:|");
    List<Standing> standings = Standing.of(run);
    for (Standing standing : standings) {
      line(
          text,
          "| %s | %s | %s | %s | %s | %s | %s | %s | %s |",
          standing.peer().title(),
          standing.peer().commits(),
          spread("%.0f", standing.rate(), 1e-3),
          spread("%.2f", standing.rateRatio(), 1),
          spread("%.2f", standing.acknowledgedRatio(), 1),
          spread("%.0f", standing.warmRate(), 1e-3),
          spread("%.2f", standing.warmRatio(), 1),
          spread("%.2f", standing.cpu(), 1),
          spread("%.2f", standing.cpuRatio(), 1));
    }
    line(text, "");
    rounds(text, run, standings.stream().map(Standing::peer).toList());
    return text.toString();
  }

  private static void rounds(StringBuilder text, PassRun run, List<Peer> peers) {
    line(text, "Records a second in each round, in thousands:");
    line(text, "");
    line(text, "| round | %s |", peers.stream().map(Peer::id).collect(Collectors.joining(" | ")));
    line(text, "|--:|%s", "--:|".repeat(peers.size()));
    for (Round round :
        run.rounds().stream().sorted(Comparator.comparingInt(Round::number)).toList()) {
      line(
          text,
          "| %d | %s |",
          round.number(),
          peers.stream()
              .map(peer ->
                  format("%.0f", (double) run.records() / round.of(peer.id()).committedMillis()))
              .collect(Collectors.joining(" | ")));
    }
  }

  private static String spread(String number, Quartiles quartiles, double scale) {
    return format(
        "**" + number + "** (" + number + "-" + number + ")",
        quartiles.median() * scale,
        quartiles.low() * scale,
        quartiles.high() * scale);
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(format(format, arguments)).append('\n');
  }

  @SuppressWarnings("AnnotateFormatMethod")
  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
