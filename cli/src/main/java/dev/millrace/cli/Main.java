package dev.millrace.cli;

import dev.millrace.engine.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The command `millrace`: lists the commands, runs one, and turns how it ended into an exit code.
@Command(
    name = "millrace",
    description = "You bring the function, Millrace brings the stream.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class,
    footer = {
      "",
      "'millrace COMMAND --help' explains a command.",
      "Exit codes: 0 done; 1 failed on the way; 2 wrong usage or settings; 3 the cluster could not",
      "be reached; 75 stopped before everything was done."
    })
public final class Main implements Callable<Integer> {
  /// How long a command may take to end after Ctrl-C.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  private boolean version;

  @Spec private @Nullable CommandSpec spec;

  private Main() {}

  /// All commands, composed.
  private static List<Listed> commands(Console console) {
    SettingFlags flags = new SettingFlags();
    return List.of(
        new Listed(
            "demo",
            "Show functions at work on generated events, on a real Kafka broker.",
            () -> new CommandLine(new Demo(console))),
        new Listed(
            "dev",
            "Start a real Kafka broker on this machine and run functions on it.",
            () -> flags.addTo(new Dev(console, flags))),
        new Listed(
            "run", "Run functions against a cluster.", () -> flags.addTo(new Run(console, flags))),
        new Listed(
            "new",
            "Write a function to begin with: its file, its test and sample messages.",
            () -> new CommandLine(new NewFunction(console))),
        new Listed(
            "test",
            "Try functions on messages, and run their tests; nothing is written to a topic.",
            () -> new CommandLine(new TestFunctions(console))),
        new Listed(
            "produce",
            "Send JSON lines, CSV or raw lines to a topic.",
            () -> new CommandLine(new Produce(console))),
        new Listed(
            "consume",
            "Print the records of a topic.",
            () -> new CommandLine(new Consume(console))),
        new Listed(
            "topics",
            "List topics, look at one, create one.",
            () ->
                new CommandLine(new Topics())
                    .addSubcommand(new TopicsList(console))
                    .addSubcommand(new TopicsShow(console))
                    .addSubcommand(new TopicsCreate(console))),
        new Listed(
            "dlq",
            "List dead letters, look at one, send them home, discard them.",
            () ->
                new CommandLine(new Dlq())
                    .addSubcommand(new DlqList(console))
                    .addSubcommand(new DlqShow(console))
                    .addSubcommand(new DlqRedrive(console))
                    .addSubcommand(new DlqDiscard(console))),
        new Listed(
            "explain",
            "Say what will happen to the messages of a function, and what it needs.",
            () -> flags.addTo(new Explain(console, flags))),
        new Listed(
            "doctor",
            "Say what is wrong with this machine and this cluster, and what to do.",
            () -> new CommandLine(new Doctor(console))));
  }

  /// A command in the list; its class is loaded only when it is asked for.
  private record Listed(String name, String description, Supplier<CommandLine> command) {
    void addTo(CommandLine root, boolean askedFor) {
      CommandLine added =
          askedFor ? command.get() : new CommandLine(CommandSpec.create().name(name));
      added.getCommandSpec().usageMessage().description(description);
      root.addSubcommand(name, added);
    }
  }

  private static CommandLine commandLine(String[] args, Console console) {
    CommandLine root = new CommandLine(new Main());
    // No option of ours before the command takes a value, so the first word is the command.
    Optional<String> first = Stream.of(args).filter(word -> !word.startsWith("-")).findFirst();
    commands(console).forEach(listed -> listed.addTo(root, first.equals(Optional.of(listed.name))));
    return root;
  }

  /// Runs one command as a process: Ctrl-C lets it end by itself, and its exit code is ours.
  public static void main(String[] args) {
    Console console = Console.system();
    AtomicInteger code = new AtomicInteger(ExitCode.STOPPED);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  console.stop().request();
                  await(ended);
                  // Without this a command stopped by a signal could not choose its exit code.
                  Runtime.getRuntime().halt(code.get());
                },
                "stop"));
    code.set(run(args, console));
    ended.countDown();
    System.exit(code.get());
  }

  /// Runs one command with these streams.
  ///
  /// @return the exit code
  public static int run(String[] args, InputStream in, OutputStream out, OutputStream err) {
    return run(args, Console.of(in, out, err));
  }

  static int run(String[] args, Console console) {
    ErrorReport errors = new ErrorReport(console, args);
    int code = execute(args, console, errors);
    Optional<IOException> unwritten = console.out().failure();
    return unwritten.isPresent() ? errors.report(unwritten(unwritten.get())) : code;
  }

  private static int execute(String[] args, Console console, ErrorReport errors) {
    try {
      Ansi ansi = console.colours() ? Ansi.ON : Ansi.OFF;
      return commandLine(args, console)
          .setCaseInsensitiveEnumValuesAllowed(true)
          .setColorScheme(CommandLine.Help.defaultColorScheme(ansi))
          .setUsageHelpWidth(100)
          .setUsageHelpLongOptionsMaxWidth(30)
          .setOut(new PrintWriter(console.out(), true))
          .setErr(new PrintWriter(console.err(), true))
          .setParameterExceptionHandler((e, arguments) -> errors.usage(e))
          .setExecutionExceptionHandler((e, command, parsed) -> errors.report(e))
          .execute(args);
    } catch (Throwable e) {
      return errors.report(e);
    }
  }

  /// Without a command: what commands there are.
  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    command.usage(command.getErr());
    return ExitCode.USAGE;
  }

  private static FailedException unwritten(IOException e) {
    return new FailedException(
        new Problem(
            "standard output",
            "not everything could be written: " + e.getMessage(),
            "Make room, or write elsewhere"),
        e);
  }

  private static void await(CountDownLatch ended) {
    try {
      if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("[millrace] the command did not end within 30 s. It is ended now.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
