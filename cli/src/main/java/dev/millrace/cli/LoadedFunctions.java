package dev.millrace.cli;

import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import dev.millrace.cli.files.FilesRead;
import dev.millrace.cli.files.Snapshot;
import dev.millrace.cli.live.Version;
import dev.millrace.cli.source.AuthorCode;
import dev.millrace.cli.source.Notice;
import dev.millrace.cli.source.ThrownNames;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.call.FunctionScanner.Declared;
import dev.millrace.engine.call.FunctionScanner.Found;
import dev.millrace.engine.plugin.Plugins;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.ErrorRule;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
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
    return load(files, replaced, console, json, new FilesRead());
  }

  /// The same.
  ///
  /// @param read gets what they are read from, schema files included, also of what is refused
  static LoadedFunctions load(
      List<Path> files, PluginSettings replaced, Console console, boolean json, FilesRead read) {
    return load(files, replaced, console, json, read, AuthorCode::load, true);
  }

  /// The same without the author's objects: to be looked at, and not called.
  static LoadedFunctions look(
      List<Path> files, PluginSettings replaced, Console console, boolean json) {
    return load(files, replaced, console, json, new FilesRead(), AuthorCode::load, false);
  }

  /// The same with the tests among the files.
  static LoadedFunctions loadWithTests(
      List<Path> files, PluginSettings replaced, Console console, boolean json) {
    return load(files, replaced, console, json, new FilesRead(), AuthorCode::loadWithTests, true);
  }

  private interface Loader {
    AuthorCode load(List<Path> files, Path cacheFolder, Consumer<Notice> notices, FilesRead read);
  }

  private static LoadedFunctions load(
      List<Path> files,
      PluginSettings replaced,
      Console console,
      boolean json,
      FilesRead read,
      Loader loader,
      boolean objects) {
    AuthorPrints prints = new AuthorPrints(console, json);
    try {
      AuthorCode code = code(files, console, read, loader);
      try {
        return load(code, replaced, prints, read, objects);
      } catch (Throwable e) {
        code.close();
        throw e;
      }
    } catch (Throwable e) {
      prints.close();
      throw e;
    }
  }

  private static AuthorCode code(List<Path> files, Console console, FilesRead read, Loader loader) {
    try (DependencyProgress progress = new DependencyProgress(console)) {
      return loader.load(files, AuthorCode.cacheFolder(console.environment()), progress, read);
    }
  }

  private static LoadedFunctions load(
      AuthorCode code,
      PluginSettings replaced,
      AuthorPrints prints,
      FilesRead read,
      boolean objects) {
    schemas(code).forEach(read::before);
    List<Problem> problems = new ArrayList<>();
    Plugins plugins = plugins(replaced, problems);
    try {
      Found found =
          FunctionScanner.find(
              code.classes(), code::folderOf, plugins.format(), plugins.validator());
      problems.addAll(found.problems());
      FunctionInstances instances =
          objects && problems.isEmpty()
              ? instances(found, problems)
              : FunctionInstances.create(List.of());
      List<FunctionDefinition> definitions =
          found.definitions().stream()
              .map(each -> each.withVersion(code.versionOf(each.method().getDeclaringClass())))
              .toList();
      return new LoadedFunctions(
          code, definitions, found.declared(), instances, plugins, problems, prints);
    } catch (Throwable e) {
      plugins.close();
      throw e;
    }
  }

  /// None where one cannot be made.
  private static FunctionInstances instances(Found found, List<Problem> problems) {
    try {
      return FunctionInstances.create(found.definitions());
    } catch (SetupException e) {
      problems.addAll(e.problems());
    } catch (LinkageError | StackOverflowError e) {
      problems.add(
          new Problem(
              "static initializers",
              "they ended with " + (e.getCause() == null ? e : e.getCause()),
              "Correct them"));
    }
    return FunctionInstances.create(List.of());
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

  /// Rules for exceptions that no code of their function can throw: mostly a slip of the pen.
  List<Problem> unthrown(Settings settings) {
    List<Problem> unthrown = new ArrayList<>();
    for (FunctionDefinition definition : definitions) {
      ThrownNames names = code.thrownBy(definition.method().getDeclaringClass());
      for (ErrorRule rule : settings.function(definition.name()).failure().byClass()) {
        String name = rule.exception();
        if (!names.has(name)) {
          unthrown.add(
              new Problem(
                  "functions." + definition.name(),
                  "on-error-for has a rule for " + name + ", and there is no class of this name",
                  names
                      .nearest(name)
                      .map(near -> "Did you mean '" + near + "'?")
                      .orElse("Write the name of the exception's class, simple or full")));
        }
      }
    }
    return unthrown;
  }

  /// What calls the functions.
  List<FunctionInvoker> invokers() {
    return definitions.stream().map(this::invoker).toList();
  }

  FunctionInvoker invoker(FunctionDefinition definition) {
    return new FunctionInvoker(definition, instances);
  }

  /// The schema files that the code names, there or not.
  private static List<Path> schemas(AuthorCode code) {
    List<Path> schemas = new ArrayList<>();
    for (Class<?> type : code.classes()) {
      for (Method method : type.getDeclaredMethods()) {
        KafkaFunction function = method.getAnnotation(KafkaFunction.class);
        if (function != null) {
          Arrays.stream(function.outputs())
              .map(Output::schemaFile)
              .filter(file -> !file.isEmpty())
              .forEach(file -> schemas.add(code.folderOf(type).resolve(file)));
        }
      }
    }
    return schemas;
  }

  /// They as what runs, with these settings.
  ///
  /// @param files what they and the settings were read from
  Version version(Settings settings, Snapshot files) {
    AtomicBoolean open = new AtomicBoolean(true);
    return new Version(
        invokers(),
        declared,
        plugins,
        settings,
        files,
        () -> {
          if (open.getAndSet(false)) {
            closeCode();
          }
        });
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
