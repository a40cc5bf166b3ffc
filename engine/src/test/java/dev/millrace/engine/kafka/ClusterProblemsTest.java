package dev.millrace.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import java.security.cert.CertificateException;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;

class ClusterProblemsTest {
  private static final ClusterProblems PROBLEMS = new ClusterProblems("broker-1:9093");

  @Test
  void namesWhatTheLoginMayNotUse() {
    String ask = "Ask the cluster's operator for the permission (ACL), or use another login.";

    assertThat(said(new TopicAuthorizationException(Set.of("b", "a"))))
        .isEqualTo("[broker-1:9093] the login may not use the topic a, b. " + ask);
    assertThat(said(GroupAuthorizationException.forGroupId("score")))
        .isEqualTo("[broker-1:9093] the login may not use the consumer group score. " + ask);
    assertThat(said(new ClusterAuthorizationException("Cluster authorization failed.")))
        .isEqualTo(
            "[broker-1:9093] the login may not do this: Cluster authorization failed. " + ask);
  }

  @Test
  void saysThatACertificateIsForAnotherHost() {
    SSLHandshakeException handshake = new SSLHandshakeException("No name matching broker-1 found");
    handshake.initCause(new CertificateException("No name matching broker-1 found"));

    assertThat(said(new SslAuthenticationException("SSL handshake failed", handshake)))
        .isEqualTo(
            "[broker-1:9093] the broker's certificate is for another host: No name matching"
                + " broker-1 found. Name the broker in 'bootstrap' as its certificate does.");
  }

  @Test
  void looksIntoWhatWrapsAFailure() {
    Exception wrapped =
        new ExecutionException(new KafkaException("failed", new TimeoutException("60 s passed.")));

    assertThat(said(wrapped))
        .isEqualTo(
            "[broker-1:9093] the cluster did not answer in time: 60 s passed. Check that its"
                + " brokers are up, then run it again.");
  }

  @Test
  void aClusterThatIsTooOldIsASetupProblem() {
    assertThat(PROBLEMS.translate(new UnsupportedVersionException("no such request")))
        .isInstanceOf(SetupException.class)
        .hasMessage(
            "[broker-1:9093] the cluster is too old for this: no such request. Use Kafka 4.0 or"
                + " later.");
  }

  @Test
  void keepsTheInterruption() {
    RuntimeException translated = PROBLEMS.translate(new InterruptException("stop"));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(translated).isInstanceOf(UnavailableException.class);
  }

  @Test
  void leavesAloneWhatNobodyCanActOn() {
    IllegalStateException defect = new IllegalStateException("ours");

    assertThat(PROBLEMS.translate(defect)).isSameAs(defect);
  }

  private static String said(Exception failure) {
    RuntimeException translated = PROBLEMS.translate(failure);
    assertThat(translated).isInstanceOf(UnavailableException.class);
    return String.valueOf(translated.getMessage());
  }
}
