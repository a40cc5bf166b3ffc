package dev.millrace.cli;

import dev.millrace.cli.live.OneLine;
import dev.millrace.engine.call.AuthorStack;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// An author's JUnit tests, run in this process.
///
/// @param results how each ended, in the order they ran
record AuthorTests(List<Result> results) {
  /// @param type the class of the test
  /// @param name as JUnit shows it
  /// @param verdict `ok`, `failed` or `skipped`
  /// @param message what was thrown with the author's lines, or why it was skipped; else empty
  record Result(String type, String name, String verdict, String message) {}

  /// Runs the tests in these classes.
  ///
  /// @param classes at least one
  static AuthorTests run(List<Class<?>> classes) {
    Map<ClassLoader, List<Class<?>>> worlds = new LinkedHashMap<>();
    classes.forEach(
        type -> worlds.computeIfAbsent(type.getClassLoader(), _ -> new ArrayList<>()).add(type));
    List<Result> results = new ArrayList<>();
    worlds.forEach((loader, types) -> run(types, new Listener(loader, results)));
    return new AuthorTests(List.copyOf(results));
  }

  private static void run(List<Class<?>> classes, Listener listener) {
    // Whatever else of JUnit's is found on the class path is none of the author's.
    LauncherConfig config =
        LauncherConfig.builder()
            .enableTestEngineAutoRegistration(false)
            .enableLauncherSessionListenerAutoRegistration(false)
            .enableLauncherDiscoveryListenerAutoRegistration(false)
            .enableTestExecutionListenerAutoRegistration(false)
            .enablePostDiscoveryFilterAutoRegistration(false)
            .addTestEngines(new JupiterTestEngine())
            .build();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(classes.stream().map(DiscoverySelectors::selectClass).toList())
            .build();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(listener.loader);
    try {
      LauncherFactory.create(config).execute(request, listener);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static final class Listener implements TestExecutionListener {
    private final ClassLoader loader;
    private final List<Result> results;

    Listener(ClassLoader loader, List<Result> results) {
      this.loader = loader;
      this.results = results;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      Optional<Throwable> thrown = result.getThrowable();
      if (!test.isTest() && thrown.isEmpty()) {
        return; // A container that says nothing its tests do not say.
      }
      String verdict =
          switch (result.getStatus()) {
            case SUCCESSFUL -> "ok";
            case FAILED -> "failed";
            case ABORTED -> "skipped";
          };
      add(test, verdict, thrown.map(this::render).orElse(""));
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      add(test, "skipped", reason);
    }

    private void add(TestIdentifier test, String verdict, String message) {
      results.add(new Result(type(test), test.getDisplayName(), verdict, message));
    }

    private String render(Throwable thrown) {
      return AuthorStack.render(thrown, loader);
    }

    private static String type(TestIdentifier test) {
      return test.getSource()
          .map(source ->
              switch (source) {
                case MethodSource method -> method.getClassName();
                case ClassSource type -> type.getClassName();
                default -> "";
              })
          .orElse("");
    }
  }

  /// Whether none failed.
  boolean passed() {
    return results.stream().noneMatch(result -> result.verdict().equals("failed"));
  }

  void print(PrintStream out) {
    Table table = new Table("TEST", "NAME", "VERDICT");
    results.forEach(result -> table.row(result.type(), result.name(), result.verdict()));
    table.print(out);
    out.println();
    for (Result result : results) {
      if (!result.message().isEmpty()) {
        out.println(
            "[" + result.type() + ", " + new OneLine(result.name()) + "] " + result.verdict());
        result.message().lines().forEach(line -> out.println("    " + new OneLine(line)));
      }
    }
    long failed = results.stream().filter(each -> each.verdict().equals("failed")).count();
    out.println(
        results.size() + (results.size() == 1 ? " test, " : " tests, ") + failed + " failed");
  }

  /// The same as names and values.
  List<Map<String, Object>> json() {
    List<Map<String, Object>> json = new ArrayList<>();
    for (Result result : results) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("class", result.type());
      one.put("name", result.name());
      one.put("verdict", result.verdict());
      one.put("message", result.message());
      json.add(one);
    }
    return json;
  }
}
