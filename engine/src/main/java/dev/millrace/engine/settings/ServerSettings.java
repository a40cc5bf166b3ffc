package dev.millrace.engine.settings;

/// What can be set for the HTTP server with metrics and health.
///
/// @param metricsPort its port; 0 = any free one, printed at start
public record ServerSettings(int metricsPort) {
  /// Refuses what is no port.
  public ServerSettings {
    Catalogue.METRICS_PORT.check(metricsPort);
  }

  /// What holds where nobody set anything.
  public static ServerSettings defaults() {
    return new ServerSettings(Catalogue.METRICS_PORT.fallback());
  }
}
