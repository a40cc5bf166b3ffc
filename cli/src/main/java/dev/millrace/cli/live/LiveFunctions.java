package dev.millrace.cli.live;

import dev.millrace.engine.Engine;
import dev.millrace.engine.FunctionRun;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner.Declared;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The functions of an engine, each as of the version of its files that was taken last. For one
/// thread.
public final class LiveFunctions implements AutoCloseable {
  private final Engine engine;
  private final String process;
  private final Set<String> withCode;
  private final UnaryOperator<FunctionSettings> adjust;

  /// Old code in which calls may still be under way.
  private final List<Version> former = new ArrayList<>();

  /// Functions that have ended; one that did not drain in time may have a call under way.
  private final List<FunctionRun> ended = new ArrayList<>();

  /// What the process was started with.
  private final Version first;

  /// What each function was started with that was not there from the beginning.
  private final Map<String, Settings> started = new HashMap<>();

  private Version version;
  private Settings settings;

  private LiveFunctions(
      Engine engine,
      Version version,
      String process,
      Set<String> withCode,
      UnaryOperator<FunctionSettings> adjust) {
    this.engine = engine;
    this.version = version;
    this.first = version;
    this.settings = version.settings();
    this.process = process;
    this.withCode = withCode;
    this.adjust = adjust;
  }

  /// Functions whose code and settings may change.
  ///
  /// @param engine in which all functions of the version run
  public static LiveFunctions ofDev(Engine engine, Version version) {
    return new LiveFunctions(
        engine, version, "dev", Set.of("format", "validator"), UnaryOperator.identity());
  }

  /// Functions whose settings may change.
  ///
  /// @param engine in which all functions of the version run
  /// @param adjust what is done to the settings of each function, for instance where it starts
  public static LiveFunctions ofRun(
      Engine engine, Version version, UnaryOperator<FunctionSettings> adjust) {
    return new LiveFunctions(engine, version, "run", Set.of(), adjust);
  }

  /// The version whose code is called.
  Version version() {
    return version;
  }

  /// Goes over to other code: functions with the topics of before take it from their next call on,
  /// the others drain and end or start. What a call before could not finish, as the cluster did not
  /// answer, is finished by the next one.
  ///
  /// @param say told in a line what has changed
  /// @throws dev.millrace.engine.problem.UnavailableException when the cluster does not answer;
  ///   then it is to be taken again
  void take(Version next, Consumer<String> say) throws InterruptedException {
    if (version != next) {
      former.add(version);
      version = next;
    }
    change(next.settings(), say);
    Map<String, FunctionRun> runs = new LinkedHashMap<>();
    engine.runs().forEach(run -> runs.put(run.definition().name(), run));
    Map<String, FunctionInvoker> wanted = new LinkedHashMap<>();
    next.functions().forEach(one -> wanted.put(one.definition().name(), one));
    List<String> replaced = new ArrayList<>();
    Set<FunctionRun> ending = new LinkedHashSet<>(runs.values());
    for (FunctionInvoker function : next.functions()) {
      FunctionRun run = runs.get(function.definition().name());
      if (run != null && run.definition().topics().equals(function.definition().topics())) {
        ending.remove(run);
        wanted.remove(run.definition().name());
        if (!run.definition().equals(function.definition())) {
          run.replace(function);
          replaced.add(run.definition().name());
        }
      }
    }
    if (!replaced.isEmpty()) {
      say.accept("[" + String.join(", ", replaced) + "] new code from the next call on.");
    }
    for (FunctionRun run : ending) {
      end(run, wanted.containsKey(run.definition().name()), say);
    }
    for (FunctionInvoker function : wanted.values()) {
      start(function, say);
    }
  }

  private void end(FunctionRun run, boolean startsAgain, Consumer<String> say)
      throws InterruptedException {
    String name = run.definition().name();
    boolean drained = engine.remove(run);
    ended.add(run);
    say.accept(
        "["
            + name
            + "] "
            + (startsAgain ? "reads other topics now, and starts anew." : "is gone, and has ended.")
            + (drained ? "" : " Not everything under way was finished in time: it is read again."));
  }

  private void start(FunctionInvoker function, Consumer<String> say) {
    String name = function.definition().name();
    engine.start(function, settings(name));
    started.put(name, settings);
    Declared declared =
        version.declared().stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow();
    say.accept(
        "["
            + name
            + "] "
            + String.join(", ", declared.inputs())
            + (declared.outputs().isEmpty() ? "" : " -> " + String.join(", ", declared.outputs()))
            + " has started.");
  }

  /// Goes over to other settings.
  ///
  /// @param say told in a line what has changed
  void change(Settings next, Consumer<String> say) {
    List<String> changes =
        new SettingsChange(process, withCode, first.settings(), started, settings, next).lines();
    settings = next;
    for (FunctionRun run : engine.runs()) {
      FunctionSettings wanted = settings(run.definition().name());
      if (!run.settings().equals(wanted)) {
        run.change(wanted);
      }
    }
    changes.forEach(say);
  }

  private FunctionSettings settings(String function) {
    return adjust.apply(settings.function(function));
  }

  /// Closes old code in which no call is left.
  void tidy() {
    for (Version old : List.copyOf(former)) {
      if (old.functions().stream().noneMatch(this::calls)) {
        former.remove(old);
        close(old);
        // Where the last call of the old code failed, its partition may have stopped since.
        engine.runs().forEach(FunctionRun::retry);
      }
    }
    if (former.isEmpty()) {
      ended.clear();
    }
  }

  private boolean calls(FunctionInvoker function) {
    return Stream.concat(engine.runs().stream(), ended.stream())
        .anyMatch(run -> run.calls(function));
  }

  /// Ends the engine and closes all code.
  @Override
  public void close() {
    engine.close();
    former.forEach(this::close);
    close(version);
  }

  private void close(Version old) {
    old.close();
    if (old != first) {
      old.plugins().close();
    }
  }
}
