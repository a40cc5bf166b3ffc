package dev.millrace.engine.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/// All meters of a process. Thread-safe.
public final class Meters {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /// Registers the meters of a function.
  public FunctionMeters function(String name) {
    return new FunctionMeters(registry, name);
  }

  /// Takes the meters of a function out: it has ended, and one of its name may be registered again.
  public void remove(String function) {
    for (Meter meter : registry.getMeters()) {
      if (function.equals(meter.getId().getTag(FunctionMeters.FUNCTION))) {
        registry.remove(meter);
      }
    }
  }

  /// What they say now, in Prometheus' words.
  ///
  /// @param type the content type to write
  String scrape(String type) {
    return registry.scrape(type);
  }
}
