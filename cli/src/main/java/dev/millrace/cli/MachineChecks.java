package dev.millrace.cli;

import dev.millrace.broker.BrokerLaunch;
import dev.millrace.broker.PortHolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/// Looks at this machine: what Millrace needs to work here. Leaves no trace.
///
/// @param folder where the user is
/// @param cacheFolder where Millrace keeps what it can make again
/// @param environment the environment's variables
record MachineChecks(Path folder, Path cacheFolder, Map<String, String> environment) {
  /// What a broker refuses to start with.
  private static final long TOO_LITTLE = 64L << 20;

  /// Room for some minutes of a full stream.
  private static final long LITTLE = 1L << 30;

  /// What the worker of Python functions needs.
  private static final int PYTHON_MINOR = 9;

  private static final Pattern PYTHON = Pattern.compile("Python 3\\.(\\d+)\\S*");

  /// The Java that runs this, and its compiler.
  Finding java() {
    String here = "JDK " + Runtime.version() + " in " + System.getProperty("java.home");
    return ToolProvider.getSystemJavaCompiler() == null
        ? Finding.bad(
            "java", here + " has no compiler", "Set JAVA_HOME to a JDK of version 25 or newer")
        : Finding.ok("java", here);
  }

  /// Whether a port is free.
  ///
  /// @param use what listens there
  /// @param advice what to do when it is taken
  Finding port(int port, String use, String advice) {
    String check = "port " + port;
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return Finding.ok(check, "free for " + use);
    } catch (IOException e) {
      String holder = PortHolder.of(port).map(name -> " by " + name).orElse("");
      return Finding.warn(check, "taken" + holder + ", so it is not free for " + use, advice);
    }
  }

  /// How much room there is for data.
  Finding disk() {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      String what = String.format(Locale.ROOT, "%,d MB free in %s", free >> 20, folder);
      if (free < TOO_LITTLE) {
        return Finding.bad("disk", what, "Free some: a broker needs " + (TOO_LITTLE >> 20) + " MB");
      }
      return free < LITTLE
          ? Finding.warn("disk", what, "Free some before you keep much data here")
          : Finding.ok("disk", what);
    } catch (IOException e) {
      return Finding.bad("disk", folder + " cannot be looked at: " + e, "Go to another folder");
    }
  }

  /// The Python that Python functions would run with.
  Finding python() {
    Path inFolder = folder.resolve(".venv/bin/python");
    String environmentFolder = environment.getOrDefault("VIRTUAL_ENV", "");
    String python =
        environmentFolder.isEmpty()
            ? Files.isExecutable(inFolder) ? inFolder.toString() : "python3"
            : Path.of(environmentFolder, "bin", "python").toString();
    String advice = "Install Python 3." + PYTHON_MINOR + " or newer. Only Python functions need it";
    try {
      Process process = new ProcessBuilder(python, "--version").redirectErrorStream(true).start();
      process.getOutputStream().close();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Finding.warn("python", python + " does not answer", advice);
      }
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      Matcher version = PYTHON.matcher(said);
      boolean right = version.matches() && Integer.parseInt(version.group(1)) >= PYTHON_MINOR;
      return right
          ? Finding.ok("python", said + " (" + python + ")")
          : Finding.warn("python", python + " is '" + said + "'", advice);
    } catch (IOException e) {
      return Finding.warn("python", "there is no " + python, advice);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Finding.warn("python", "not looked at: interrupted", "");
    }
  }

  /// The folder with the data of `dev`.
  Finding data() {
    Path data = folder.resolve(".millrace");
    if (!Files.exists(data)) {
      return Files.isWritable(folder)
          ? Finding.ok("data", data + " is not there yet: 'dev' makes it")
          : Finding.warn(
              "data",
              folder + " cannot be written",
              "Go to another folder, or use dev --ephemeral");
    }
    Path broker = data.resolve("broker");
    try {
      if (!Files.isDirectory(data) || !Files.isWritable(data)) {
        return Finding.bad(
            "data", data + " cannot be written", "Make it yours, or use dev --ephemeral");
      }
      return BrokerLaunch.in(broker, 0).isFolderInUse()
          ? Finding.ok("data", data + " is in use by a running 'dev'")
          : Finding.ok(
              "data",
              String.format(
                  Locale.ROOT, "%s holds %,d MB, and no broker uses it", data, size(data) >> 20));
    } catch (AccessDeniedException e) {
      return Finding.bad(
          "data", e.getFile() + " may not be read", "Make it yours, or use dev --ephemeral");
    } catch (IOException e) {
      return Finding.bad(
          "data", data + " cannot be looked at: " + e, "Make it yours, or use dev --ephemeral");
    }
  }

  /// The folder with what can be made again.
  Finding cache() {
    Path nearest = cacheFolder.toAbsolutePath();
    while (!Files.exists(nearest) && nearest.getParent() != null) {
      nearest = nearest.getParent();
    }
    return Files.isDirectory(nearest) && Files.isWritable(nearest)
        ? Finding.ok("cache", cacheFolder + " can be written")
        : Finding.warn(
            "cache",
            cacheFolder + " cannot be written, so files are compiled at every start",
            "Make it writable, or set MILLRACE_CACHE to another folder");
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
