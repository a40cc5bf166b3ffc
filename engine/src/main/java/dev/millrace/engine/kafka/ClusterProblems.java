package dev.millrace.engine.kafka;

import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/// What the failures of Kafka's clients mean for a person.
///
/// @param bootstrap the cluster's name for people: the brokers to ask first
public record ClusterProblems(String bootstrap) {
  /// The same failure in our words, an [UnavailableException] or a [SetupException]; itself where
  /// no person could act on it.
  public RuntimeException translate(Throwable failure) {
    return switch (failure) {
      case SetupException e -> e;
      case UnavailableException e -> e;
      case ExecutionException e when e.getCause() != null -> translate(e.getCause());
      case CompletionException e when e.getCause() != null -> translate(e.getCause());
      case SslAuthenticationException e -> tls(e);
      case UnsupportedSaslMechanismException e ->
          unavailable(
              "the broker does not know this way to log in: " + text(e),
              "Set kafka.sasl.mechanism to one that it knows",
              e);
      case SaslAuthenticationException e -> login(e);
      case AuthenticationException e -> login(e);
      case TopicAuthorizationException e ->
          unavailable(
              "the login may not use the topic "
                  + String.join(", ", e.unauthorizedTopics().stream().sorted().toList()),
              "Ask the cluster's operator for the permission (ACL), or use another login",
              e);
      case GroupAuthorizationException e ->
          unavailable(
              "the login may not use the consumer group " + e.groupId(),
              "Ask the cluster's operator for the permission (ACL), or use another login",
              e);
      case AuthorizationException e ->
          unavailable(
              "the login may not do this: " + text(e),
              "Ask the cluster's operator for the permission (ACL), or use another login",
              e);
      case UnsupportedVersionException e ->
          new SetupException(
              bootstrap, "the cluster is too old for this: " + text(e), "Use Kafka 4.0 or later");
      case InterruptedException e -> interrupted(e);
      case InterruptException e -> interrupted(e);
      case RetriableException e -> silent(e);
      case TimeoutException e -> silent(e);
      case ConfigException e -> construction(e);
      case KafkaException e when e.getCause() != null -> translate(e.getCause());
      case RuntimeException e -> e;
      default -> new IllegalStateException(failure);
    };
  }

  /// The cluster cannot be reached, for this reason.
  public UnavailableException unreachable(String reason, @Nullable Throwable cause) {
    return unavailable(
        "no Kafka broker can be reached: " + reason,
        "Start one here with 'millrace dev', or name yours with --bootstrap HOST:PORT",
        cause);
  }

  /// A client without TLS met a port with TLS.
  UnavailableException wantsTls(Throwable cause) {
    return unavailable(
        "the broker speaks TLS, the settings do not",
        "Set kafka.security.protocol to SSL, or to SASL_SSL if the broker wants a login, and"
            + " kafka.ssl.truststore.* to the authority of its certificate",
        cause);
  }

  /// A client with TLS met a port without.
  UnavailableException wantsNoTls(Throwable cause) {
    return unavailable(
        "the broker does not speak TLS on this port, the settings do",
        "Use its port for TLS, or set kafka.security.protocol to PLAINTEXT, or to SASL_PLAINTEXT if"
            + " the broker wants a login",
        cause);
  }

  /// Something takes connections and never answered a request.
  UnavailableException mute(Throwable cause) {
    return unavailable(
        "something takes connections but does not answer as a Kafka broker would",
        "Check the port, the broker's health, and whether it wants TLS or a login"
            + " (kafka.security.protocol)",
        cause);
  }

  /// A client could not be built from its settings.
  RuntimeException construction(RuntimeException failure) {
    String all = causes(failure).map(ClusterProblems::text).collect(Collectors.joining(": "));
    if (all.contains("No resolvable bootstrap urls")) {
      return unreachable("there is no such host", failure);
    }
    if (!(failure instanceof KafkaException)) {
      return failure;
    }
    if (all.contains("Could not find a 'KafkaClient' entry")) {
      return new SetupException(
          "kafka.sasl.jaas.config",
          "the settings ask for a login and have none",
          "Set it; for SCRAM to 'org.apache.kafka.common.security.scram.ScramLoginModule required"
              + " username=\"NAME\" password=\"${env:PASSWORD}\";'");
    }
    Throwable deepest = deepest(failure);
    return new SetupException(
        area(all.toLowerCase(Locale.ROOT)),
        deepest instanceof NoSuchFileException
            ? "there is no file " + deepest.getMessage()
            : "Kafka's client refuses this: " + text(deepest),
        "Change these settings");
  }

  private static String area(String message) {
    if (message.contains("bootstrap.servers")) {
      return "bootstrap";
    }
    if (message.contains("jaas") || message.contains("loginmodule")) {
      return "kafka.sasl.jaas.config";
    }
    if (message.contains("sasl")) {
      return "kafka.sasl";
    }
    return message.contains("ssl") || message.contains("pem") ? "kafka.ssl" : "kafka";
  }

  private UnavailableException tls(SslAuthenticationException e) {
    String all = causes(e).map(ClusterProblems::text).collect(Collectors.joining(": "));
    if (all.contains("PKIX") || all.contains("certification path")) {
      return unavailable(
          "the broker's certificate is from an authority that is not trusted",
          "Name the authority: kafka.ssl.truststore.type: PEM and kafka.ssl.truststore.location:"
              + " FILE",
          e);
    }
    if (all.contains("No name matching") || all.contains("No subject alternative")) {
      return unavailable(
          "the broker's certificate is for another host: " + text(deepest(e)),
          "Name the broker in 'bootstrap' as its certificate does",
          e);
    }
    if (all.contains("Unsupported or unrecognized SSL message")) {
      return wantsNoTls(e);
    }
    if (all.contains("certificate_required") || all.contains("bad_certificate")) {
      return unavailable(
          "the broker does not take the client's certificate: " + text(deepest(e)),
          "Give one that it trusts with kafka.ssl.keystore.*",
          e);
    }
    return unavailable(
        "TLS with the broker failed: " + text(deepest(e)),
        "Check kafka.security.protocol and kafka.ssl.*",
        e);
  }

  private UnavailableException login(AuthenticationException e) {
    String message = text(e);
    if (message.contains("invalid credentials")) {
      return unavailable(
          "the broker does not know this user or password",
          "Check kafka.sasl.jaas.config and the secret that it refers to",
          e);
    }
    if (message.contains("enabled mechanisms are []")) {
      return unavailable(
          "the broker wants no login on this port, the settings have one",
          "Use its port with login, or set kafka.security.protocol to PLAINTEXT (SSL where it"
              + " speaks TLS)",
          e);
    }
    return unavailable(
        "the broker does not let us log in: " + message,
        "Check kafka.security.protocol and kafka.sasl.*",
        e);
  }

  private UnavailableException silent(Throwable e) {
    return unavailable(
        "the cluster did not answer in time: " + text(e),
        "Check that its brokers are up, then run it again",
        e);
  }

  private UnavailableException interrupted(Exception e) {
    Thread.currentThread().interrupt();
    return unavailable("interrupted while waiting for the cluster", "Run it again", e);
  }

  private UnavailableException unavailable(String what, String advice, @Nullable Throwable cause) {
    return new UnavailableException(new Problem(bootstrap, what, advice), cause);
  }

  private static Throwable deepest(Throwable failure) {
    return causes(failure).reduce((first, last) -> last).orElse(failure);
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause);
  }

  private static String text(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().strip();
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }
}
