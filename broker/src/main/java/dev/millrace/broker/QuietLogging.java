package dev.millrace.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.LoggerFactory;

/// Keeps Kafka's chatter from the console. Levels that somebody has set in a Logback configuration
/// of their own are left alone.
final class QuietLogging {
  private static final Map<String, Level> LEVELS =
      Map.of(
          "kafka", Level.ERROR,
          "org.apache.kafka", Level.ERROR,
          // An error for every heartbeat that waits 125 ms, which a busy machine makes happen.
          "org.apache.kafka.controller.ReplicationControlManager", Level.OFF,
          "state.change.logger", Level.OFF);

  private QuietLogging() {}

  /// In somebody else's process: errors only, wherever their log goes.
  static void inThisProcess() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      LEVELS.forEach((name, level) -> {
        Logger logger = context.getLogger(name);
        if (logger.getLevel() == null) {
          logger.setLevel(level);
        }
      });
    }
  }

  /// In a process of our own: warnings go to this file, which grows to 10 MB twice; nothing goes to
  /// the console.
  static void toFile(Path file) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      throw new IllegalStateException("the broker's process needs Logback on its class path");
    }
    context.reset();

    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0}: %msg%n");
    encoder.start();

    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
    window.setContext(context);
    window.setParent(appender);
    window.setMinIndex(1);
    window.setMaxIndex(1);
    window.setFileNamePattern(file + ".%i");
    SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(new FileSize(10 * FileSize.MB_COEFFICIENT));
    size.start();
    appender.setContext(context);
    appender.setFile(file.toString());
    appender.setEncoder(encoder);
    appender.setRollingPolicy(window);
    appender.setTriggeringPolicy(size);
    window.start();
    appender.start();

    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    context.getLogger("state.change.logger").setLevel(Level.OFF);
  }
}
