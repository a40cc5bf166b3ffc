package dev.millrace.cli;

import dev.millrace.engine.deadletters.DeadLetters;
import dev.millrace.engine.deadletters.Fates;
import dev.millrace.engine.problem.Problem;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Lists the open dead letters of a cluster by function and cause.
@Command(
    name = "list",
    sortOptions = false,
    description =
        "List the dead letters that were neither redriven nor discarded, by function and cause.",
    footer = {
      "",
      "What has the same cause is one line: the class of the error with the function's own line",
      "that threw it. Payloads are never printed; 'dlq show EXAMPLE' tells all of one.",
      "",
      "  millrace dlq list --function validate-sales --since 2h"
    })
final class DlqList implements Callable<Integer> {
  private final Console console;

  @Option(names = "--function", paramLabel = "NAME", description = "Only those of this function.")
  private @Nullable String function;

  @Mixin private LetterFilter filter = new LetterFilter();

  @Mixin private CommonOptions common;

  DlqList(Console console) {
    this.console = console;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    LetterGroups groups = new LetterGroups();
    try (Cluster cluster = common.cluster()) {
      DeadLetters letters = new DeadLetters(cluster.clients(), cluster.topics());
      Fates fates = letters.fates();
      letters.read(
          filter.topics(function == null ? letters.topics() : letters.topics(function)),
          each -> {
            if ((function == null || function.equals(each.letter().function()))
                && filter.test(each)
                && fates.of(each).isEmpty()) {
              groups.add(each);
            }
            return !console.stop().requested();
          });
    }
    if (console.stop().requested()) {
      throw new StoppedException(
          new Problem("dlq list", "stopped before all dead letters were read", "Start it again"));
    }
    if (common.json()) {
      console.out().println(JsonMapper.shared().writeValueAsString(groups.json()));
    } else if (groups.isEmpty()) {
      console.err().println("No open dead letters.");
    } else {
      groups.print(console.out(), Instant.now());
    }
    return ExitCode.DONE;
  }
}
