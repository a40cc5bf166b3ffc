package dev.millrace.cli;

import dev.millrace.cli.source.AuthorCode;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.nio.file.Path;
import java.util.List;

/// The functions in an author's files, ready to be called.
///
/// @param code their classes
/// @param definitions what they declare
/// @param instances the objects they are called on
record LoadedFunctions(
    AuthorCode code, List<FunctionDefinition> definitions, FunctionInstances instances)
    implements AutoCloseable {
  /// Compiles if need be, and refuses with everything that is wrong.
  static LoadedFunctions load(List<Path> files, Console console) {
    AuthorCode code = code(files, console);
    try {
      List<FunctionDefinition> definitions = FunctionScanner.scan(code.classes(), code::folderOf);
      return new LoadedFunctions(code, definitions, FunctionInstances.create(definitions));
    } catch (RuntimeException e) {
      code.close();
      throw e;
    }
  }

  private static AuthorCode code(List<Path> files, Console console) {
    try (DependencyProgress progress = new DependencyProgress(console)) {
      return AuthorCode.load(files, AuthorCode.cacheFolder(console.environment()), progress);
    }
  }

  /// What the annotations set.
  List<AnnotatedFunction> annotated() {
    return definitions.stream()
        .map(definition -> new AnnotatedFunction(definition.name(), definition.settings()))
        .toList();
  }

  FunctionInvoker invoker(FunctionDefinition definition) {
    return new FunctionInvoker(definition, instances);
  }

  @Override
  public void close() {
    instances.close();
    code.close();
  }
}
