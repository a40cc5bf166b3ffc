package dev.millrace.broker;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One user who logs in with SASL/SCRAM-SHA-512: over TLS (`SASL_SSL`) with a certificate, in clear
/// (`SASL_PLAINTEXT`) without.
///
/// @param user the user's name
/// @param password the user's password; never printed
/// @param certificate what the broker shows to clients; empty = no TLS
public record Security(String user, String password, Optional<LocalCertificate> certificate) {

  /// A login in clear.
  public static Security saslPlaintext(String user, String password) {
    return new Security(user, password, Optional.empty());
  }

  /// A login over TLS.
  public static Security saslSsl(String user, String password, LocalCertificate certificate) {
    return new Security(user, password, Optional.of(certificate));
  }

  /// Kafka's name for it: `SASL_SSL` or `SASL_PLAINTEXT`.
  public String protocol() {
    return certificate.isPresent() ? "SASL_SSL" : "SASL_PLAINTEXT";
  }

  /// What a client sets to log in, in Kafka's own names; without `bootstrap.servers`.
  public Map<String, String> clientSettings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("security.protocol", protocol());
    settings.put("sasl.mechanism", MECHANISM);
    settings.put(
        "sasl.jaas.config",
        "%s required username=%s password=%s;"
            .formatted(LOGIN_MODULE, quoted(user), quoted(password)));
    certificate.ifPresent(shown -> {
      settings.put("ssl.truststore.type", "PEM");
      settings.put("ssl.truststore.location", shown.certificate().toString());
    });
    return settings;
  }

  /// What the broker sets for its listener of this name.
  Map<String, String> listenerSettings(String listener) {
    String prefix = "listener.name." + listener.toLowerCase(Locale.ROOT) + ".";
    Map<String, String> settings = new TreeMap<>();
    settings.put(prefix + "sasl.enabled.mechanisms", MECHANISM);
    settings.put(prefix + "scram-sha-512.sasl.jaas.config", LOGIN_MODULE + " required;");
    certificate.ifPresent(shown -> {
      settings.put(prefix + "ssl.keystore.type", "PKCS12");
      settings.put(prefix + "ssl.keystore.location", shown.keystore().toString());
      settings.put(prefix + "ssl.keystore.password", shown.password());
      settings.put(prefix + "ssl.key.password", shown.password());
    });
    return settings;
  }

  @Override
  public String toString() {
    return "Security[user=" + user + ", password=***, protocol=" + protocol() + "]";
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  static final String MECHANISM = "SCRAM-SHA-512";
  private static final String LOGIN_MODULE =
      "org.apache.kafka.common.security.scram.ScramLoginModule";
}
