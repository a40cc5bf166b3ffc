package dev.millrace.cli;

import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import tools.jackson.databind.json.JsonMapper;

/// Turns whatever goes wrong into words on standard error and an exit code.
///
/// People get one line for each problem; with `--output json` programs get one JSON object.
final class ErrorReport {
  private final Console console;
  private final List<String> args;

  /// @param args the arguments of this command line, which may be the very thing that is wrong
  ErrorReport(Console console, String[] args) {
    this.console = console;
    this.args = List.of(args);
  }

  /// Says what is wrong with the arguments.
  ///
  /// @return the exit code
  int usage(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    String help = "See '" + name + " --help'";
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<Problem> problems = new ArrayList<>();
      for (String argument : unmatched.getUnmatched()) {
        problems.add(unknown(argument, command, name, help));
        if (!argument.startsWith("-") && !command.getSubcommands().isEmpty()) {
          break; // What follows an unknown command cannot be judged.
        }
      }
      return say("usage", ExitCode.USAGE, problems);
    }
    return say(
        "usage",
        ExitCode.USAGE,
        List.of(new Problem(name, sentence(String.valueOf(e.getMessage())), help)));
  }

  private static Problem unknown(String argument, CommandLine command, String name, String help) {
    boolean option = argument.startsWith("-") && argument.length() > 1;
    var known =
        option
            ? command.getCommandSpec().optionsMap().keySet()
            : command.getCommandSpec().subcommands().keySet();
    String kind = option ? "option" : known.isEmpty() ? "argument" : "command";
    String word = option ? argument.split("=", 2)[0] : argument;
    return new Problem(
        name,
        kind.equals("argument")
            ? "one argument too many: '" + word + "'"
            : "there is no " + kind + " '" + word + "'",
        NearestName.of(word, known)
            .map(near -> "Did you mean '" + near + "'? " + help)
            .orElse(help));
  }

  private static String sentence(String message) {
    String text = message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    return (text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1))
        .replaceFirst(" is not an? (int|long|short)$", " is not a whole number")
        .replaceFirst(" is not a double$", " is not a number")
        .replace(" (case-insensitive)", "");
  }

  /// Says why a command could not do what was asked.
  ///
  /// @return the exit code
  int report(Throwable e) {
    return switch (e) {
      case SetupException setup -> say("setup", ExitCode.USAGE, setup.problems());
      case UnavailableException unavailable ->
          say("unavailable", ExitCode.UNAVAILABLE, List.of(unavailable.problem()));
      case FailedException failed -> say("failed", ExitCode.FAILED, List.of(failed.problem()));
      case StoppedException stopped -> say("stopped", ExitCode.STOPPED, List.of(stopped.problem()));
      default -> defect(e);
    };
  }

  private int say(String kind, int code, List<Problem> problems) {
    if (json()) {
      print(kind, code, problems, Map.of());
    } else {
      problems.forEach(console.err()::println);
    }
    return code;
  }

  private int defect(Throwable e) {
    Problem problem =
        new Problem(
            "millrace",
            "a defect of Millrace, not of yours: " + e,
            "Please send the report below to the project's issue tracker");
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("version", Version.number());
    facts.put("jdk", System.getProperty("java.vm.version"));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put("command", command());
    facts.put("stack", stack(e));
    if (json()) {
      print("defect", ExitCode.FAILED, List.of(problem), facts);
    } else {
      console.err().println(problem);
      console.err().println("---- report");
      facts.forEach((name, value) -> console.err().println(name + ": " + value));
      console.err().println("---- end of report");
    }
    return ExitCode.FAILED;
  }

  private void print(String kind, int code, List<Problem> problems, Map<String, Object> more) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("error", kind);
    report.put("exitCode", code);
    report.put("problems", problems);
    report.putAll(more);
    console.err().println(JsonMapper.shared().writeValueAsString(report));
  }

  private boolean json() {
    for (int i = 0; i < args.size(); i++) {
      String next = i + 1 < args.size() ? args.get(i + 1) : "";
      if (args.get(i).equalsIgnoreCase("--output=json")
          || (args.get(i).equals("--output") && next.equalsIgnoreCase("json"))) {
        return true;
      }
    }
    return false;
  }

  /// The command's name without its arguments: these may be secrets.
  private String command() {
    return String.join(
        " ", args.stream().takeWhile(word -> word.matches("[a-z]+")).limit(2).toList());
  }

  private static String stack(Throwable e) {
    StringWriter stack = new StringWriter();
    e.printStackTrace(new PrintWriter(stack));
    return stack.toString().strip();
  }
}
