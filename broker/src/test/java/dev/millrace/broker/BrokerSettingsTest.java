package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerSettingsTest {
  @Test
  void areMadeForTestsByDefault() {
    assertThat(BrokerSettings.defaults())
        .isEqualTo(new BrokerSettings(Optional.empty(), 0, false, Optional.empty()));
  }

  @Test
  void changeOneThingAtATime() {
    Security security = Security.saslPlaintext("alice", "secret");

    var changed =
        BrokerSettings.defaults()
            .withDataFolder(Path.of("data"))
            .withPort(9092)
            .withAutoCreateTopics(true)
            .withSecurity(security);

    assertThat(changed)
        .isEqualTo(
            new BrokerSettings(Optional.of(Path.of("data")), 9092, true, Optional.of(security)));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536})
  void refuseAPortThatIsNone(int port) {
    assertThatThrownBy(() -> BrokerSettings.defaults().withPort(port))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Integer.toString(port));
  }

  @Test
  void doNotPrintSecrets() {
    LocalCertificate certificate =
        new LocalCertificate(Path.of("a.p12"), Path.of("a.pem"), "opens-it");
    var settings =
        BrokerSettings.defaults().withSecurity(Security.saslSsl("alice", "secret", certificate));

    assertThat(settings + " " + certificate)
        .contains("alice", "SASL_SSL", "a.p12")
        .doesNotContain("secret")
        .doesNotContain("opens-it");
  }
}
