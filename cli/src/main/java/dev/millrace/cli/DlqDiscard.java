package dev.millrace.cli;

import dev.millrace.engine.deadletters.DeadLetters;
import dev.millrace.engine.deadletters.Fate;
import dev.millrace.engine.deadletters.FateLog;
import dev.millrace.engine.deadletters.Fates;
import dev.millrace.engine.deadletters.StoredLetter;
import dev.millrace.engine.kafka.RecordId;
import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// Notes that dead letters are not needed.
@Command(
    name = "discard",
    sortOptions = false,
    description =
        "Note that dead letters are not needed: they are listed and redriven no more. The records"
            + " stay in their topic.",
    footer = {
      "",
      "  millrace dlq discard orders.score.dlq/0/42 --reason \"a test of ours\"",
      "  millrace dlq discard score --error NullPointerException --reason \"before 1 May\" --yes"
    })
final class DlqDiscard implements Callable<Integer> {
  /// How many fates are under way at a time.
  private static final int BATCH = 500;

  private final Console console;

  @Parameters(
      arity = "1..*",
      paramLabel = "FUNCTION|ID",
      description = "All open ones of this function, or one as 'dlq list' names it.")
  private List<String> wanted = List.of();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why they are not needed; kept with your user name.")
  private String reason = "";

  @Mixin private LetterFilter filter = new LetterFilter();

  @Mixin private Consent consent;

  @Mixin private CommonOptions common;

  DlqDiscard(Console console) {
    this.console = console;
    this.consent = new Consent(console);
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    if (reason.isBlank()) {
      throw new SetupException(
          "--reason",
          "a dead letter is discarded for a reason, and none is given",
          "Say it: --reason \"...\"");
    }
    consent.require();
    Set<RecordId> ids = new LinkedHashSet<>();
    Set<String> functions = new LinkedHashSet<>();
    for (String each : wanted) {
      if (each.contains("/")) {
        ids.add(DlqShow.id(each));
      } else {
        functions.add(each);
      }
    }
    try (Cluster cluster = common.cluster()) {
      DeadLetters letters = new DeadLetters(cluster.clients(), cluster.topics());
      return discard(cluster, letters, ids, functions);
    }
  }

  private int discard(
      Cluster cluster, DeadLetters letters, Set<RecordId> ids, Set<String> functions) {
    Fates fates = letters.fates();
    List<StoredLetter> named = named(letters, fates, ids);
    long[] count = {named.size()};
    Set<String> found = new HashSet<>();
    each(
        letters,
        fates,
        functions,
        each -> {
          count[0] += ids.contains(each.id()) ? 0 : 1;
          found.add(each.letter().function());
        });
    List<Problem> problems =
        functions.stream()
            .filter(name -> !found.contains(name))
            .map(name -> nothing(name, letters, fates))
            .toList();
    if (!problems.isEmpty() && !console.stop().requested()) {
      throw new SetupException(problems);
    }
    String what = LetterGroups.counted(count[0]);
    if (!console.stop().requested() && consent.given("Discard " + what)) {
      try (FateLog log = FateLog.open(cluster.clients(), cluster.topics())) {
        long[] done = {0};
        named.forEach(each -> discard(each, log, done));
        each(
            letters,
            fates,
            functions,
            each -> {
              // What has come since the question is not discarded.
              if (done[0] < count[0] && !ids.contains(each.id())) {
                discard(each, log, done);
              }
            });
        log.await();
        report(done[0]);
        return done[0] < count[0] ? ExitCode.STOPPED : ExitCode.DONE;
      }
    }
    console.err().println("Nothing was discarded.");
    return ExitCode.STOPPED;
  }

  private static List<StoredLetter> named(DeadLetters letters, Fates fates, Set<RecordId> ids) {
    List<StoredLetter> named = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (RecordId id : ids) {
      letters
          .find(id)
          .ifPresentOrElse(
              letter ->
                  fates
                      .of(letter)
                      .ifPresentOrElse(
                          fate -> problems.add(settled(id, fate)), () -> named.add(letter)),
              () -> problems.addAll(DlqShow.none(id).problems()));
    }
    if (!problems.isEmpty()) {
      throw new SetupException(problems);
    }
    return named;
  }

  private static Problem settled(RecordId id, Fate fate) {
    return new Problem(
        id.toString(),
        "this dead letter is not open: it was " + fate.kind() + " by " + fate.by(),
        "Leave it out");
  }

  private static Problem nothing(String function, DeadLetters letters, Fates fates) {
    Set<String> known = new TreeSet<>();
    letters.read(
        letters.topics(),
        each -> {
          if (fates.of(each).isEmpty()) {
            known.add(each.letter().function());
          }
          return true;
        });
    return new Problem(
        function,
        "there is no such open dead letter of this function",
        NearestName.of(function, known)
            .filter(near -> !near.equals(function))
            .map(near -> "Did you mean '" + near + "'?")
            .orElse("'millrace dlq list' says which there are"));
  }

  /// The open ones of these functions that the filter lets through.
  private void each(
      DeadLetters letters, Fates fates, Set<String> functions, Consumer<StoredLetter> to) {
    Set<String> topics = new TreeSet<>();
    functions.forEach(name -> topics.addAll(filter.topics(letters.topics(name))));
    letters.read(
        topics,
        each -> {
          if (functions.contains(each.letter().function())
              && filter.test(each)
              && fates.of(each).isEmpty()) {
            to.accept(each);
          }
          return !console.stop().requested();
        });
  }

  private void discard(StoredLetter letter, FateLog log, long[] done) {
    log.write(
        letter.id(),
        new Fate(
            Fate.Kind.DISCARDED,
            Instant.now(),
            System.getProperty("user.name", ""),
            reason.strip(),
            letter.letter().function(),
            letter.letter().hops(),
            letter.topicId()));
    if (++done[0] % BATCH == 0) {
      log.await();
    }
  }

  private void report(long count) {
    if (common.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("discarded", count);
      json.put("reason", reason.strip());
      console.out().println(JsonMapper.shared().writeValueAsString(json));
    } else {
      console.out().println("Discarded " + LetterGroups.counted(count) + ".");
    }
  }
}
