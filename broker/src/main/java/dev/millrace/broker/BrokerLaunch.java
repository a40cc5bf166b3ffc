package dev.millrace.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a broker's own process is started.
///
/// @param dataFolder where its data and its log are kept
/// @param port where clients connect on localhost; 0 = any free one
/// @param ephemeral whether the folder is deleted at the end
/// @param autoCreateTopics whether a topic that does not exist is created on first use
/// @param classPath where its classes are, as `java -cp` takes it
/// @param classArchive a class-data archive as the launcher makes it: used if the file exists,
///   roughly halves the time to start
/// @param patience how long it may take until it answers
public record BrokerLaunch(
    Path dataFolder,
    int port,
    boolean ephemeral,
    boolean autoCreateTopics,
    String classPath,
    Optional<Path> classArchive,
    Duration patience) {

  /// In this folder, on this port, missing topics created on first use, with this process's own
  /// class path and a minute to start.
  public static BrokerLaunch in(Path dataFolder, int port) {
    return new BrokerLaunch(
        dataFolder,
        port,
        false,
        true,
        System.getProperty("java.class.path"),
        Optional.empty(),
        Duration.ofMinutes(1));
  }

  /// The same, with its folder, which must be for it alone, deleted at the end, however that comes.
  public BrokerLaunch withoutTrace() {
    return new BrokerLaunch(
        dataFolder, port, true, autoCreateTopics, classPath, classArchive, patience);
  }

  /// The same, on this port.
  public BrokerLaunch withPort(int port) {
    return new BrokerLaunch(
        dataFolder, port, ephemeral, autoCreateTopics, classPath, classArchive, patience);
  }

  /// The same, with missing topics created on first use, or not.
  public BrokerLaunch withAutoCreateTopics(boolean autoCreateTopics) {
    return new BrokerLaunch(
        dataFolder, port, ephemeral, autoCreateTopics, classPath, classArchive, patience);
  }

  /// The same, with its classes from here.
  public BrokerLaunch withClassPath(String classPath) {
    return new BrokerLaunch(
        dataFolder, port, ephemeral, autoCreateTopics, classPath, classArchive, patience);
  }

  /// The same, with this class-data archive if it exists.
  public BrokerLaunch withClassArchive(Path classArchive) {
    return new BrokerLaunch(
        dataFolder,
        port,
        ephemeral,
        autoCreateTopics,
        classPath,
        Optional.of(classArchive),
        patience);
  }

  /// The same, with this much time to start.
  public BrokerLaunch withPatience(Duration patience) {
    return new BrokerLaunch(
        dataFolder, port, ephemeral, autoCreateTopics, classPath, classArchive, patience);
  }

  /// Whether a broker works in the data folder now.
  public boolean isFolderInUse() throws IOException {
    return DataFolder.isInUse(dataFolder);
  }

  /// The whole command line of the broker's process.
  public List<String> command() {
    List<String> archive =
        classArchive.filter(Files::exists).map(file -> "-XX:SharedArchiveFile=" + file).stream()
            .toList();
    return command(archive);
  }

  private List<String> command(List<String> moreForJava) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JAVA_OPTIONS);
    command.addAll(moreForJava);
    command.addAll(List.of("-cp", classPath, BrokerMain.class.getName()));
    command.addAll(List.of("--data", dataFolder.toAbsolutePath().normalize().toString()));
    command.addAll(List.of("--port", Integer.toString(port)));
    if (!autoCreateTopics) {
      command.add("--no-auto-create");
    }
    if (ephemeral) {
      command.add("--ephemeral");
    }
    return List.copyOf(command);
  }

  /// Chosen for a quick start in little memory: the quick compiler and the simplest collector take
  /// 1.9 s down to 1.4 s.
  private static final List<String> JAVA_OPTIONS =
      List.of(
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-UsePerfData",
          "-Xshare:auto",
          // Kafka upper-cases names of its own in the default locale, and does not start in
          // Turkish.
          "-Duser.language=en",
          "-Duser.country=US",
          "-Dstdout.encoding=UTF-8",
          "-Dstderr.encoding=UTF-8",
          // As in ./millrace: an archive is accepted only with the options it was made with.
          "--sun-misc-unsafe-memory-access=allow",
          "--enable-native-access=ALL-UNNAMED");
}
