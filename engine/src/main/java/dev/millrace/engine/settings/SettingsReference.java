package dev.millrace.engine.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Renders the reference page of all settings, `docs/reference/settings.md`, from the catalogues.
public final class SettingsReference {
  private static final String BEGINNING =
      """
      # Settings

      This page is made from the code; a test keeps it so.

      The same setting can be given in several places. What stands further down wins:

      | place | how `batch-size` is written there |
      |---|---|
      | `platform.yaml`, the platform's file | `batch-size: 200` |
      | `@KafkaFunction` | `batchSize = 200` |
      | `millrace.yaml`, the project's file | `batch-size: 200` |
      | environment variable | `MILLRACE_BATCH_SIZE=200` |
      | flag | `--batch-size 200` |

      A setting of functions holds for all of them, or for one: in files below `functions.<name>`, \
      as a variable with the name between double underscores \
      (`MILLRACE_FUNCTIONS__HELLO_WORLD__BATCH_SIZE`). Within one place, what is said for one \
      function wins over what is said for all. An unknown name, a wrong value and a locked setting \
      are errors, shown all at once, together with what is wrong with the functions and their \
      topics. `--verbose` shows every setting that holds and where it came from.

      Several processes may share a file: a section for a function that does not run is passed over. \
      Where its name is nearly that of a function that runs and for which nothing is set, a warning \
      asks whether that one is meant. `dev` has a broker of its own and passes over `bootstrap` and \
      `kafka`.

      ```yaml
      bootstrap: broker-1:9093,broker-2:9093
      batch-size: 200
      functions:
        score:
          batch-size: 50
          start: 7d
      kafka:
        security.protocol: SASL_SSL
        sasl.mechanism: SCRAM-SHA-512
        sasl.jaas.config: ${file:/run/secrets/jaas}
        ssl.truststore.type: PEM
        ssl.truststore.certificates: ${file:ca.pem}
      ```

      `platform.yaml` has the same words for the platform's own defaults, and three more: `locked` \
      lists settings that nobody else may change (`kafka` means all of Kafka's), `owner` says \
      whom to ask, and `plugins` lists jars that bring a format, a validator or a delivery.

      ```yaml
      owner: data-platform
      locked: [retries, kafka]
      retries: 3
      ```

      Durations are written `200ms`, `5s`, `2m`, `1h`, `7d` or as in ISO 8601 (`PT5M`); bytes `64MiB`, \
      `1MB` or as a plain number.
      """;

  private static final String KAFKA =
      """

      ## Kafka's clients

      Kafka's own settings are given as `kafka.<name>`: in files below `kafka:`, as \
      `MILLRACE_KAFKA_SECURITY_PROTOCOL`, or as `--kafka security.protocol=SSL`. A value may refer to a secret: `${env:NAME}` \
      is an environment variable, `${file:/path}` the text of a file (relative to the file with the \
      setting, without its last line break). `client.id` is put before the names that Millrace gives \
      its clients; without `group.protocol` Millrace takes `consumer` where the cluster has it. \
      Allowed are:

      """;

  private SettingsReference() {}

  /// The page as Markdown.
  public static String markdown() {
    StringBuilder page = new StringBuilder(BEGINNING);
    for (Setting.Scope scope : Setting.Scope.values()) {
      page.append("\n## ").append(scope.title()).append("\n\n");
      page.append("| setting | default | allowed | what it is |\n|---|---|---|---|\n");
      Catalogue.of(scope).forEach(setting -> page.append(row(setting)));
    }
    page.append(KAFKA);
    page.append("| setting | allowed |\n|---|---|\n");
    for (ClientSetting setting : ClientCatalogue.allowed().values()) {
      page.append(
          "| `%s` | %s%s |\n"
              .formatted(
                  setting.key(), setting.type().expected(), setting.secret() ? ", secret" : ""));
    }
    page.append("\nThese are refused:\n\n| setting | why |\n|---|---|\n");
    reasons()
        .forEach((reason, keys) ->
            page.append("| `%s` | %s. |\n".formatted(String.join("`, `", keys), reason)));
    return page.toString();
  }

  private static String row(Setting<?> setting) {
    String fallback = setting.printedFallback();
    return "| `%s` | %s | %s | %s. |\n"
        .formatted(
            setting.key(),
            fallback.equals(setting.absence()) ? fallback : "`" + fallback + "`",
            setting.type().expected(),
            setting.sentence());
  }

  private static Map<String, List<String>> reasons() {
    return ClientCatalogue.refused().entrySet().stream()
        .collect(
            Collectors.groupingBy(
                Map.Entry::getValue,
                LinkedHashMap::new,
                Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
  }
}
