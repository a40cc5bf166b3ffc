package dev.millrace.engine.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything that settings are read from.
///
/// @param platformFile the platform's file, `platform.yaml`; one that is named must be there
/// @param file the project's file, `millrace.yaml`; one that is named must be there
/// @param environment all environment variables; those not beginning with `MILLRACE_` are only
///   looked at where a value refers to them
/// @param flags what the command line was given: `batch-size` -> `100`, `kafka.linger.ms` -> `0`
/// @param functions the functions that run, with what their annotations say
public record SettingsSources(
    Optional<Path> platformFile,
    Optional<Path> file,
    Map<String, String> environment,
    Map<String, String> flags,
    List<AnnotatedFunction> functions) {
  /// Keeps copies.
  public SettingsSources {
    environment = Map.copyOf(environment);
    flags = Map.copyOf(flags);
    functions = List.copyOf(functions);
  }

  /// A function and what its annotation says.
  ///
  /// @param name the function's name
  /// @param members what the annotation sets, by the members' names (`batchSize`)
  public record AnnotatedFunction(String name, Map<String, String> members) {
    /// Keeps a copy.
    public AnnotatedFunction {
      members = Map.copyOf(members);
    }
  }

  /// Nothing is set anywhere.
  public static SettingsSources none() {
    return new SettingsSources(Optional.empty(), Optional.empty(), Map.of(), Map.of(), List.of());
  }
}
