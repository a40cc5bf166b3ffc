package dev.millrace.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.FilterOutputStream;
import java.io.PrintStream;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log lines of a command: short, on standard error. Set up here rather than in a file, so that
/// a command that logs nothing does not pay for it.
final class Logging {
  private Logging() {}

  /// Log lines go to this stream from now on.
  ///
  /// @param verbose whether to tell details and what Kafka's clients say
  static void start(PrintStream err, boolean verbose) {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (!(factory instanceof LoggerContext context)) {
      return; // Embedded in a program that has chosen another logger.
    }
    context.reset();
    PatternLayoutEncoder line = new PatternLayoutEncoder();
    line.setContext(context);
    line.setPattern(
        verbose
            ? "%d{HH:mm:ss.SSS} %-5level %logger{0} %msg %kvp%n"
            : "%d{HH:mm:ss} %-5level %msg %kvp%n");
    line.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(line);
    // A second start resets the first, which would close standard error under the command.
    appender.setOutputStream(
        new FilterOutputStream(err) {
          @Override
          public void write(byte[] bytes, int from, int count) {
            err.write(bytes, from, count);
          }

          @Override
          public void close() {
            err.flush();
          }
        });
    appender.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(verbose ? Level.INFO : Level.ERROR);
    context.getLogger("dev.millrace").setLevel(verbose ? Level.DEBUG : Level.INFO);
    // What Kafka's clients report as errors is said by the command that meets it.
    context.getLogger("org.apache.kafka").setLevel(verbose ? Level.INFO : Level.OFF);
  }
}
