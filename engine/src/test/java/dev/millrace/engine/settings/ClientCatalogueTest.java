package dev.millrace.engine.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class ClientCatalogueTest {
  private static final Map<String, ConfigDef.ConfigKey> KAFKA = new TreeMap<>();

  static {
    KAFKA.putAll(AdminClientConfig.configDef().configKeys());
    KAFKA.putAll(ProducerConfig.configDef().configKeys());
    KAFKA.putAll(ConsumerConfig.configDef().configKeys());
  }

  @Test
  void everySettingOfKafkasClientsIsEitherAllowedOrRefused() {
    assertThat(ClientCatalogue.names()).isEqualTo(KAFKA.keySet());
    assertThat(ClientCatalogue.allowed().keySet())
        .doesNotContainAnyElementsOf(ClientCatalogue.refused().keySet());
  }

  @Test
  void whatKafkaKeepsSecretIsSecret() {
    TreeSet<String> secrets = new TreeSet<>();
    KAFKA.forEach((name, key) -> {
      if (key.type == ConfigDef.Type.PASSWORD) {
        secrets.add(name);
      }
    });

    assertThat(ClientCatalogue.allowed().values())
        .filteredOn(ClientSetting::secret)
        .extracting(ClientSetting::key)
        .containsExactlyInAnyOrderElementsOf(secrets);
  }

  @Test
  void examplesAreAcceptedByKafka() {
    KAFKA.forEach((name, key) -> {
      ClientSetting setting = ClientCatalogue.allowed().get(name);
      if (setting != null && key.type != ConfigDef.Type.CLASS) {
        Object value = ConfigDef.parseType(name, setting.type().example(), key.type);
        if (key.validator != null) {
          key.validator.ensureValid(name, value);
        }
      }
    });
  }
}
