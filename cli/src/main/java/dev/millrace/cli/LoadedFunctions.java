package dev.millrace.cli;

import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import dev.millrace.cli.source.AuthorCode;
import dev.millrace.cli.source.Notice;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.call.FunctionScanner.Declared;
import dev.millrace.engine.call.FunctionScanner.Found;
import dev.millrace.engine.plugin.Plugins;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The functions in an author's files, and what is wrong with them.
///
/// @param code their classes
/// @param definitions those without a mistake
/// @param declared what all of them say of themselves
/// @param instances the objects they are called on
/// @param plugins what the platform's owner has replaced
/// @param problems every mistake
/// @param prints where the author's own prints go
record LoadedFunctions(
    AuthorCode code,
    List<FunctionDefinition> definitions,
    List<Declared> declared,
    FunctionInstances instances,
    Plugins plugins,
    List<Problem> problems,
    AuthorPrints prints)
    implements AutoCloseable {
  /// Compiles if need be, and creates the author's objects. Refuses what cannot be compiled.
  ///
  /// @param replaced what the settings say of plug-ins
  /// @param json whether standard output is for JSON
  static LoadedFunctions load(
      List<Path> files, PluginSettings replaced, Console console, boolean json) {
    return load(files, replaced, console, json, AuthorCode::load, true);
  }

  /// The same without the author's objects: to be looked at, and not called.
  static LoadedFunctions look(
      List<Path> files, PluginSettings replaced, Console console, boolean json) {
    return load(files, replaced, console, json, AuthorCode::load, false);
  }

  /// The same with the tests among the files.
  static LoadedFunctions loadWithTests(
      List<Path> files, PluginSettings replaced, Console console, boolean json) {
    return load(files, replaced, console, json, AuthorCode::loadWithTests, true);
  }

  private interface Loader {
    AuthorCode load(List<Path> files, Path cacheFolder, Consumer<Notice> notices);
  }

  private static LoadedFunctions load(
      List<Path> files,
      PluginSettings replaced,
      Console console,
      boolean json,
      Loader loader,
      boolean objects) {
    AuthorPrints prints = new AuthorPrints(console, json);
    try {
      AuthorCode code = code(files, console, loader);
      try {
        return load(code, replaced, prints, objects);
      } catch (RuntimeException e) {
        code.close();
        throw e;
      }
    } catch (RuntimeException e) {
      prints.close();
      throw e;
    }
  }

  private static AuthorCode code(List<Path> files, Console console, Loader loader) {
    try (DependencyProgress progress = new DependencyProgress(console)) {
      return loader.load(files, AuthorCode.cacheFolder(console.environment()), progress);
    }
  }

  private static LoadedFunctions load(
      AuthorCode code, PluginSettings replaced, AuthorPrints prints, boolean objects) {
    List<Problem> problems = new ArrayList<>();
    Plugins plugins = plugins(replaced, problems);
    Found found =
        FunctionScanner.find(code.classes(), code::folderOf, plugins.format(), plugins.validator());
    problems.addAll(found.problems());
    FunctionInstances instances = FunctionInstances.create(List.of());
    if (objects && problems.isEmpty()) {
      try {
        instances = FunctionInstances.create(found.definitions());
      } catch (SetupException e) {
        problems.addAll(e.problems());
      }
    }
    return new LoadedFunctions(
        code, found.definitions(), found.declared(), instances, plugins, problems, prints);
  }

  /// Millrace's own where those that were asked for cannot be had.
  private static Plugins plugins(PluginSettings replaced, List<Problem> problems) {
    try {
      return Plugins.find(replaced);
    } catch (SetupException e) {
      problems.addAll(e.problems());
      return Plugins.ours();
    }
  }

  /// What the annotations set.
  List<AnnotatedFunction> annotated() {
    return annotated(declared);
  }

  /// What the annotations of these functions set.
  static List<AnnotatedFunction> annotated(List<Declared> declared) {
    return declared.stream()
        .map(function -> new AnnotatedFunction(function.name(), function.settings()))
        .toList();
  }

  /// The settings to run with. Refuses with everything that is wrong: the functions, the settings
  /// and whatever else was found.
  Settings check(Settings.Reading settings, List<Problem> more) {
    List<Problem> all = new ArrayList<>(problems);
    all.addAll(settings.problems());
    all.addAll(settings.clusterProblems());
    all.addAll(more);
    if (!all.isEmpty()) {
      throw new SetupException(all);
    }
    return settings.settings();
  }

  /// What calls the functions.
  List<FunctionInvoker> invokers() {
    return definitions.stream().map(this::invoker).toList();
  }

  FunctionInvoker invoker(FunctionDefinition definition) {
    return new FunctionInvoker(definition, instances);
  }

  /// What they were read from, schema files included.
  List<Path> files() {
    List<Path> files = new ArrayList<>(code.sources());
    for (FunctionDefinition definition : definitions) {
      Path folder = code.folderOf(definition.method().getDeclaringClass());
      for (Output output : definition.method().getAnnotation(KafkaFunction.class).outputs()) {
        if (!output.schemaFile().isEmpty()) {
          files.add(folder.resolve(output.schemaFile()));
        }
      }
    }
    return files;
  }

  /// Closes all but the plug-ins, one of which may deliver for other code as well.
  void closeCode() {
    instances.close();
    code.close();
    prints.close();
  }

  @Override
  public void close() {
    closeCode();
    plugins.close();
  }
}
