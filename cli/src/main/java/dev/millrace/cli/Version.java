package dev.millrace.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// Which Millrace this is.
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "millrace " + number() + " (Kafka " + property("kafka") + ", JDK " + Runtime.version() + ")"
    };
  }

  /// The number of this release.
  static String number() {
    return property("millrace");
  }

  private static String property(String name) {
    Properties versions = new Properties();
    try (InputStream file = Version.class.getResourceAsStream("version.properties")) {
      if (file != null) {
        versions.load(file);
      }
    } catch (IOException e) {
      return "(unknown: " + e.getMessage() + ")";
    }
    return versions.getProperty(name, "(unknown)");
  }
}
