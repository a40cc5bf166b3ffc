package dev.millrace.cli;

import dev.millrace.cli.source.AuthorCode;
import dev.millrace.engine.kafka.ClusterFeatures;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.engine.settings.EffectiveSetting;
import dev.millrace.engine.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/// Says what is wrong with this machine and this cluster, and what to do.
@Command(
    name = "doctor",
    sortOptions = false,
    description = "Look at this machine, the settings here and the cluster, and say what to do.",
    footer = {
      "",
      "The cluster is looked at when one is named (--bootstrap, MILLRACE_BOOTSTRAP, millrace.yaml)"
          + " or one",
      "listens on localhost:9092. Exit code 1 when something is bad.",
      "",
      "  millrace doctor",
      "  millrace doctor --bootstrap broker-1:9092 --output json"
    })
final class Doctor implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Console console;

  @Mixin private CommonOptions common;

  Doctor(Console console) {
    this.console = console;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    common.startLog();
    List<Finding> findings = new ArrayList<>();
    MachineChecks machine =
        new MachineChecks(
            Path.of("").toAbsolutePath(),
            AuthorCode.cacheFolder(console.environment()),
            console.environment());
    findings.add(machine.java());
    findings.add(
        machine.port(
            9092,
            "the broker of 'dev'",
            "Leave it, if that is the Kafka you want; else start with 'dev --port 0'"));
    findings.add(
        machine.port(8081, "a schema registry", "Leave it, unless you want a registry here"));
    findings.add(machine.port(8080, "a console", "Leave it, unless you want a console here"));
    findings.add(machine.disk());
    findings.add(machine.data());
    findings.add(machine.cache());
    findings.add(machine.python());
    findings.addAll(settingsAndCluster());
    if (common.json()) {
      console.out().println(JsonMapper.shared().writeValueAsString(json(findings)));
    } else {
      findings.forEach(this::print);
    }
    return findings.stream().anyMatch(finding -> finding.level() == Finding.Level.BAD)
        ? ExitCode.FAILED
        : ExitCode.DONE;
  }

  private List<Finding> settingsAndCluster() {
    try {
      Settings settings = Settings.load(common.sources(Map.of(), List.of()));
      return List.of(Finding.ok("settings", "nothing is wrong with them"), cluster(settings));
    } catch (SetupException e) {
      return e.problems().stream().map(problem -> bad("settings", problem)).toList();
    }
  }

  private static Finding cluster(Settings settings) {
    boolean named =
        settings.effective().stream()
            .filter(setting -> setting.key().equals("bootstrap"))
            .map(EffectiveSetting::origin)
            .noneMatch("default"::equals);
    try {
      ClusterFeatures features = new KafkaClients(settings.connection()).reach(PATIENCE);
      return Finding.ok(
          "cluster",
          settings.bootstrap()
              + " answers: "
              + features.clusterId()
              + (features.consumerProtocol()
                  ? ", with the new consumer protocol"
                  : ", with the classic consumer protocol only"));
    } catch (UnavailableException e) {
      return named
          ? bad("cluster", e.problem())
          : Finding.ok("cluster", "none is named, and none listens on " + settings.bootstrap());
    } catch (SetupException e) {
      return bad("cluster", e.problems().getFirst());
    }
  }

  private static Finding bad(String check, Problem problem) {
    return Finding.bad(check, "[" + problem.where() + "] " + problem.what(), problem.advice());
  }

  private void print(Finding finding) {
    console
        .out()
        .println(
            String.format(
                    Locale.ROOT,
                    "%-4s  %-9s  %s.",
                    finding.level().name().toLowerCase(Locale.ROOT),
                    finding.check(),
                    finding.what())
                + (finding.advice().isEmpty() ? "" : " " + finding.advice() + "."));
  }

  private static Map<String, Object> json(List<Finding> findings) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("check", finding.check());
      one.put("level", finding.level().name().toLowerCase(Locale.ROOT));
      one.put("what", finding.what());
      one.put("advice", finding.advice());
      all.add(one);
    }
    return Map.of("findings", all);
  }
}
