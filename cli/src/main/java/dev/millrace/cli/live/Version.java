package dev.millrace.cli.live;

import dev.millrace.cli.files.Snapshot;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner.Declared;
import dev.millrace.engine.plugin.Plugins;
import dev.millrace.engine.settings.Settings;
import java.util.List;

/// An author's functions as their files were at one moment.
///
/// @param functions what to call
/// @param declared what each says of itself
/// @param plugins what reads, checks and sends for them; closed apart, since the engine goes on
///   with those that it was started with
/// @param settings what held for them when they were read
/// @param files what they and their settings were read from, as it was then
/// @param code closes the classes and objects, once, however often it is run
public record Version(
    List<FunctionInvoker> functions,
    List<Declared> declared,
    Plugins plugins,
    Settings settings,
    Snapshot files,
    Runnable code)
    implements AutoCloseable {
  /// Keeps copies.
  public Version {
    functions = List.copyOf(functions);
    declared = List.copyOf(declared);
  }

  /// Gives up the code, which must not be called any more.
  @Override
  public void close() {
    code.run();
  }
}
