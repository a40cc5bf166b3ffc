package dev.millrace.cli;

import dev.millrace.cli.files.FilesRead;
import dev.millrace.cli.live.Reload;
import dev.millrace.cli.live.Version;
import dev.millrace.cli.source.AuthorCode;
import dev.millrace.engine.call.FunctionScanner.Declared;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The files that `dev` runs, read again and again.
///
/// @param named what the author named
/// @param flags the flags for settings that were given
record DevFiles(List<Path> named, Map<String, String> flags, CommonOptions common) {
  /// Reads everything, or refuses with all that is wrong.
  ///
  /// @param console where downloads are shown
  /// @param read gets the files, also those of what is refused
  Version read(Console console, FilesRead read) {
    common.settingsFiles().forEach(read::before);
    PluginSettings replaced = settings(List.of()).settings().plugins();
    LoadedFunctions loaded = LoadedFunctions.load(named, replaced, console, common.json(), read);
    try {
      Settings settings = loaded.check(settings(loaded.declared()), List.of());
      loaded.unthrown(settings).forEach(console.err()::println);
      return loaded.version(settings, read.snapshot());
    } catch (Throwable e) {
      loaded.close();
      throw e;
    }
  }

  /// The settings may say how to reach another cluster: none of that is for `dev`'s own broker.
  Settings.Reading settings(List<Declared> functions) {
    return Settings.readWithoutCluster(common.sources(flags, LoadedFunctions.annotated(functions)));
  }

  /// The same, to be watched.
  Reload.Author watched(Console console) {
    return new Reload.Author(
        () -> AuthorCode.behind(named),
        common.watchedSettings(),
        Optional.of(read -> read(console, read)),
        version -> settings(version.declared()).orThrow(),
        AuthorCode::warmUp);
  }
}
