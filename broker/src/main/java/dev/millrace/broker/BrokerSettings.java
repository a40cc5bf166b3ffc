package dev.millrace.broker;

import java.nio.file.Path;
import java.util.Optional;

/// How a broker on this machine is set up. Everything else is chosen for one machine: one copy of
/// everything, little memory, fast group rebalances, nothing deleted by age.
///
/// @param dataFolder where data and the broker's log are kept; empty = a temporary folder, deleted
///   on close
/// @param port where clients connect on localhost; 0 = any free one
/// @param autoCreateTopics whether a topic that does not exist is created on first use
/// @param security who may connect; empty = everybody on this machine
public record BrokerSettings(
    Optional<Path> dataFolder, int port, boolean autoCreateTopics, Optional<Security> security) {

  /// Refuses a port that is none.
  public BrokerSettings {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port must be between 0 and 65535, not " + port);
    }
  }

  /// A temporary folder, any free port, topics only by request, open to everybody on this machine:
  /// right for tests.
  public static BrokerSettings defaults() {
    return new BrokerSettings(Optional.empty(), 0, false, Optional.empty());
  }

  /// The same, with data kept in this folder.
  public BrokerSettings withDataFolder(Path folder) {
    return new BrokerSettings(Optional.of(folder), port, autoCreateTopics, security);
  }

  /// The same, on this port of localhost.
  public BrokerSettings withPort(int port) {
    return new BrokerSettings(dataFolder, port, autoCreateTopics, security);
  }

  /// The same, with missing topics created on first use, or not.
  public BrokerSettings withAutoCreateTopics(boolean autoCreateTopics) {
    return new BrokerSettings(dataFolder, port, autoCreateTopics, security);
  }

  /// The same, with a login asked of every client.
  public BrokerSettings withSecurity(Security security) {
    return new BrokerSettings(dataFolder, port, autoCreateTopics, Optional.of(security));
  }
}
