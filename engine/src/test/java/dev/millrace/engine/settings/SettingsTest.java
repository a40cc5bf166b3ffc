package dev.millrace.engine.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.Guarantee;
import dev.millrace.Ordering;
import dev.millrace.Threads;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  @TempDir private Path folder;
  private Optional<Path> platform = Optional.empty();
  private Optional<Path> file = Optional.empty();
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> flags = new HashMap<>();
  private List<AnnotatedFunction> functions = List.of(new AnnotatedFunction("score", Map.of()));

  @Test
  void aLaterLayerWins() {
    platform("batch-size: 1\nconsumers: 1\nretries: 1\ncommit-records: 1\ndeadline: 1m\n");
    annotation("consumers", "2", "retries", "2", "deadline", "2m");
    file("retries: 3\ncommit-records: 3\ndeadline: 3m\n");
    environment.put("MILLRACE_COMMIT_RECORDS", "4");
    environment.put("MILLRACE_DEADLINE", "4m");
    flags.put("deadline", "5m");

    Settings settings = load();

    assertThat(settings.function("score").batchSize()).isEqualTo(1);
    assertThat(settings.function("score").consumers()).isEqualTo(2);
    assertThat(settings.function("score").retry().retries()).isEqualTo(3);
    assertThat(settings.engine().commitRecords()).isEqualTo(4);
    assertThat(settings.function("score").deadline()).isEqualTo(Duration.ofMinutes(5));
    assertThat(origins(settings))
        .containsEntry("score batch-size", "1 platform.yaml:1")
        .containsEntry("score consumers", "2 @KafkaFunction")
        .containsEntry("score retries", "3 millrace.yaml:1")
        .containsEntry(" commit-records", "4 MILLRACE_COMMIT_RECORDS")
        .containsEntry("score deadline", "5m --deadline")
        .containsEntry("score concurrency", "as ordering says default")
        .containsEntry(" metrics-port", "0 default");
  }

  @Test
  void withinALayerOneFunctionWinsOverAll() {
    functions =
        List.of(
            new AnnotatedFunction("score", Map.of()),
            new AnnotatedFunction("hello-world", Map.of()));
    file("batch-size: 100\nfunctions:\n  score:\n    batch-size: 50\n    concurrency: 3\n");
    environment.put("MILLRACE_FUNCTIONS__HELLO_WORLD__BATCH_WAIT", "1s");
    environment.put("MILLRACE_BATCH_WAIT", "2s");

    Settings settings = load();

    assertThat(settings.function("score").batchSize()).isEqualTo(50);
    assertThat(settings.function("score").concurrency()).isEqualTo(OptionalInt.of(3));
    assertThat(settings.function("score").batchWait()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.function("hello-world").batchSize()).isEqualTo(100);
    assertThat(settings.function("hello-world").batchWait()).isEqualTo(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource({
    "partition, auto, false",
    "partition, virtual, true",
    "key, auto, true",
    "none, auto, true",
    "key, platform, false"
  })
  void functionsThatWaitHaveVirtualThreads(String ordering, String threads, boolean virtual) {
    file("ordering: " + ordering + "\nthreads: " + threads + "\n");

    assertThat(load().function("score").calls().virtual()).isEqualTo(virtual);
  }

  @Test
  void howManyCallsAreInFlightDependsOnOrderAndThreads() {
    file("consumers: 3\n");
    assertThat(load().function("score").mostCalls()).isEqualTo(Integer.MAX_VALUE);
    flags.put("ordering", "none");
    assertThat(load().function("score").mostCalls()).isEqualTo(200);
    flags.put("threads", "platform");
    assertThat(load().function("score").mostCalls())
        .as("each consumer has a call")
        .isEqualTo(Math.max(3, Runtime.getRuntime().availableProcessors()));
    flags.put("concurrency", "7");
    assertThat(load().function("score").mostCalls()).isEqualTo(7);
  }

  @Test
  void singleMessagesThatDoNotWaitForEachOtherAreCallsOfTheirOwn() {
    assertThat(load().function("score").callSize(false)).isEqualTo(500);
    flags.put("ordering", "key");
    assertThat(load().function("score").callSize(false)).isEqualTo(1);
    assertThat(load().function("score").callSize(true)).isEqualTo(500);
  }

  @Test
  void thePlatformDecidesOrderAndGuaranteeAndCanLockThem() {
    platform("owner: data-platform\nlocked: [guarantee]\nguarantee: at-most-once\nordering: key\n");
    assertThat(load().function("score").calls())
        .isEqualTo(new CallSettings(Ordering.KEY, Threads.AUTO, Guarantee.AT_MOST_ONCE));
    annotation("guarantee", "at-least-once", "ordering", "exactly");

    assertThat(problems())
        .containsExactly(
            "[@KafkaFunction(name = \"score\") guarantee] 'guarantee' is locked by data-platform"
                + " (platform.yaml:2). Remove it here, or ask data-platform to change it.",
            "[@KafkaFunction(name = \"score\") ordering] 'exactly' is not one of partition, key,"
                + " none. Give one of partition, key, none, such as key.");
  }

  @Test
  void aFlagForAllWinsOverAFileForOne() {
    file("functions:\n  score:\n    batch-size: 50\n");
    flags.put("batch-size", "7");

    assertThat(load().function("score").batchSize()).isEqualTo(7);
  }

  @Test
  void aNegativeNumberInAnAnnotationIsAProblem() {
    annotation("retries", "-3");

    assertThat(problems())
        .containsExactly(
            "[@KafkaFunction(name = \"score\") retries] '-3' is out of range. Give a whole number"
                + " from 0 to 1,000,000, such as 5.");
  }

  @Test
  void everythingWrongIsSaidAtOnce() {
    platform("owner: data-platform\nlocked: [retries, kafka.sasl.mechanism, batchsice]\n");
    annotation("retries", "9", "batchSize", "0", "start", "newest");
    file(
        """
        batch-sise: 10
        deadline: 5
        outstanding-bytes: many
        functions:
          score:
            batchsize: 50
            commit-interval: 1s
            consumers:
          other:
            retry-delay: [1s, 2s]
        kafka:
          acks: 0
          sasl:
            mechanism: PLAIN
            mechanisms: PLAIN
          linger.ms: soon
          security.protocol: SASL_SLL
        """);
    environment.put("MILLRACE_BATCHSIZE", "1");
    environment.put("MILLRACE_KAFKA_GROUP_ID", "mine");
    environment.put("MILLRACE_KAFKA_SECURITY_PROTOCOLL", "SSL");
    flags.put("metrics-prt", "1");
    flags.put("bootstrap", "localhost");

    assertThat(problems())
        .containsExactly(
            "[platform.yaml:2 locked] there is no setting 'batchsice'. Write 'batch-size' if that"
                + " is meant, otherwise remove it.",
            "[millrace.yaml:1 batch-sise] there is no setting 'batch-sise'. Write 'batch-size' if"
                + " that is meant, otherwise remove it.",
            "[millrace.yaml:6 functions.score.batchsize] there is no setting 'batchsize'. Write"
                + " 'batch-size' if that is meant, otherwise remove it.",
            "[millrace.yaml:7 functions.score.commit-interval] 'commit-interval' cannot be set for"
                + " one function. Move it to the top of the file, where it holds for all.",
            "[millrace.yaml:8 functions.score.consumers] there is no value. Write one, or remove"
                + " the line.",
            "[millrace.yaml:15 kafka.sasl.mechanisms] there is no setting 'kafka.sasl.mechanisms'."
                + " Write 'kafka.sasl.mechanism' if that is meant, otherwise remove it.",
            "[MILLRACE_BATCHSIZE] there is no setting 'MILLRACE_BATCHSIZE'. Write"
                + " 'MILLRACE_BATCH_SIZE' if that is meant, otherwise remove it.",
            "[MILLRACE_KAFKA_SECURITY_PROTOCOLL] there is no setting"
                + " 'MILLRACE_KAFKA_SECURITY_PROTOCOLL'. Write 'MILLRACE_KAFKA_SECURITY_PROTOCOL'"
                + " if that is meant, otherwise remove it.",
            "[--metrics-prt] there is no setting 'metrics-prt'. Write 'metrics-port' if that is"
                + " meant, otherwise remove it.",
            "[@KafkaFunction(name = \"score\") batchSize] '0' is out of range. Give a whole number"
                + " from 1 to 100,000, such as 500.",
            "[@KafkaFunction(name = \"score\") retries] 'retries' is locked by data-platform"
                + " (platform.yaml:2). Remove it here, or ask data-platform to change it.",
            "[@KafkaFunction(name = \"score\") start] 'newest' is not earliest, latest, a time or"
                + " how far back. Give earliest, latest, a time or how far back, such as"
                + " 2026-01-31T00:00:00Z or 7d.",
            "[millrace.yaml:2 deadline] '5' is not a duration. Give a duration from 1ms to 1d, such"
                + " as 5m.",
            "[millrace.yaml:3 outstanding-bytes] 'many' is not a number of bytes. Give a number of"
                + " bytes from 1B to 64GiB, such as 64MiB.",
            "[millrace.yaml:10 functions.other.retry-delay] '1s,2s' is not a duration. Give a"
                + " duration from 1ms to 1h, such as 200ms.",
            "[millrace.yaml:12 kafka.acks] 'acks' cannot be set. Millrace sets it: a message is"
                + " done when all in-sync replicas have its outputs, once and in order. Remove it.",
            "[millrace.yaml:14 kafka.sasl.mechanism] 'kafka.sasl.mechanism' is locked by"
                + " data-platform (platform.yaml:2). Remove it here, or ask data-platform to change"
                + " it.",
            "[millrace.yaml:16 kafka.linger.ms] 'soon' is not a whole number. Give a whole number"
                + " from 0 to 60,000, such as 5.",
            "[millrace.yaml:17 kafka.security.protocol] 'SASL_SLL' is not one of PLAINTEXT, SSL,"
                + " SASL_PLAINTEXT, SASL_SSL. Give one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL,"
                + " such as PLAINTEXT.",
            "[MILLRACE_KAFKA_GROUP_ID] 'group.id' cannot be set. Millrace sets it: the group has"
                + " the function's name. Remove it.",
            "[--bootstrap] 'localhost' is not host:port, or several with commas between. Give"
                + " host:port, or several with commas between, such as localhost:9092.");
  }

  @Test
  void aLockedDefaultHoldsAlsoWithoutAValueOfThePlatforms() {
    platform("owner: data-platform\nlocked:\n  - kafka\n  - batch-size\n");
    file("kafka.client.rack: a\n");
    flags.put("batch-size", "1");

    assertThat(problems())
        .containsExactlyInAnyOrder(
            "[millrace.yaml:1 kafka.client.rack] 'kafka.client.rack' is locked by data-platform"
                + " (platform.yaml:3). Remove it here, or ask data-platform to change it.",
            "[--batch-size] 'batch-size' is locked by data-platform (platform.yaml:4). Remove it"
                + " here, or ask data-platform to change it.");
  }

  @Test
  void thePlatformMaySetWhatItLocks() {
    platform("owner: data-platform\nlocked: retries\nretries: 3\n");

    assertThat(load().function("score").retry().retries()).isEqualTo(3);
    assertThat(load().function("score").owner()).isEmpty();
    assertThat(load().effective())
        .contains(new EffectiveSetting("score", "retries", "3", file("platform.yaml", 3), true));
  }

  @Test
  void locksNeedAnOwner() {
    platform("locked: [retries]\n");

    assertThat(problems())
        .containsExactly(
            "[platform.yaml] settings are locked, but nobody is named who may change them. Add a"
                + " line such as 'owner: data-platform'.");
  }

  @Test
  void kafkasSettingsAreGivenNestedDottedOrAsList() {
    file(
        """
        kafka:
          sasl:
            mechanism: PLAIN
            kerberos.service.name: kafka
          ssl.enabled.protocols: [TLSv1.2, TLSv1.3]
          ssl.endpoint.identification.algorithm: ""
        kafka.security.protocol: SASL_SSL
        """);
    environment.put("MILLRACE_KAFKA_CLIENT_RACK", "a");
    flags.put("kafka.linger.ms", "0");

    assertThat(load().connection())
        .containsOnly(
            Map.entry("bootstrap.servers", "localhost:9092"),
            Map.entry("sasl.mechanism", "PLAIN"),
            Map.entry("sasl.kerberos.service.name", "kafka"),
            Map.entry("ssl.enabled.protocols", "TLSv1.2,TLSv1.3"),
            Map.entry("ssl.endpoint.identification.algorithm", ""),
            Map.entry("security.protocol", "SASL_SSL"),
            Map.entry("client.rack", "a"),
            Map.entry("linger.ms", "0"));
  }

  @Test
  void secretsAreLookedUpAndNeverShown() throws IOException {
    Files.writeString(folder.resolve("ca.pem"), "certificate\n");
    environment.put("MILLRACE_KAFKA_PW", "pa\"ss\\word$1");
    environment.put("KEY_PASSWORD", "key-password");
    file(
        """
        kafka:
          security.protocol: SASL_SSL
          sasl.jaas.config: x.Login required username="u" password="${env:MILLRACE_KAFKA_PW}";
          ssl.truststore.certificates: ${file:ca.pem}
          ssl.key.password: ${env:KEY_PASSWORD}
          ssl.keystore.password: in-clear
        """);

    Settings settings = load();

    assertThat(settings.connection())
        .containsEntry(
            "sasl.jaas.config", "x.Login required username=\"u\" password=\"pa\\\"ss\\\\word$1\";")
        .containsEntry("ssl.truststore.certificates", "certificate")
        .containsEntry("ssl.key.password", "key-password")
        .containsEntry("ssl.keystore.password", "in-clear");
    assertThat(origins(settings))
        .containsEntry(" kafka.sasl.jaas.config", "******** millrace.yaml:3")
        .containsEntry(" kafka.ssl.truststore.certificates", "${file:ca.pem} millrace.yaml:4")
        .containsEntry(" kafka.ssl.key.password", "${env:KEY_PASSWORD} millrace.yaml:5")
        .containsEntry(" kafka.ssl.keystore.password", "******** millrace.yaml:6");
    assertThat(settings.effective().toString()).doesNotContain("pa\"ss", "key-password", "clear");
  }

  @Test
  void aMissingSecretIsAProblemUnlessOverridden() {
    file(
        """
        kafka:
          security.protocol: SSL
          ssl.key.password: ${env:NOWHERE}
          ssl.keystore.key: ${file:nowhere.pem}
          ssl.keystore.password: ${vault:secret}
          ssl.truststore.password: ${env:OVERRIDDEN}
          linger.ms: ${env:LINGER}
        """);
    environment.put("MILLRACE_KAFKA_SSL_TRUSTSTORE_PASSWORD", "x");
    environment.put("LINGER", "later");

    assertThat(problems())
        .containsExactly(
            "[millrace.yaml:7 kafka.linger.ms] what '${env:LINGER}' stands for is not allowed. Give"
                + " a whole number from 0 to 60,000, such as 5.",
            "[millrace.yaml:3 kafka.ssl.key.password] the environment variable NOWHERE is not set."
                + " Set it, or refer to another secret.",
            "[millrace.yaml:4 kafka.ssl.keystore.key] the file nowhere.pem is not there. Create it,"
                + " or refer to another secret.",
            "[millrace.yaml:5 kafka.ssl.keystore.password] '${vault:secret}' is no reference that"
                + " Millrace knows. Write ${env:NAME} or ${file:/path}.");
  }

  @Test
  void dangerousLoginModulesAreRefusedAlsoBehindAReference() {
    file("kafka.sasl.jaas.config: ${env:JAAS}\nkafka.security.protocol: SASL_SSL\n");
    environment.put(
        "JAAS", "com.sun.security.auth.module.JndiLoginModule required user.provider.url=\"x\";");

    assertThat(problems())
        .containsExactly(
            "[millrace.yaml:1 kafka.sasl.jaas.config] JndiLoginModule is refused, as by Kafka"
                + " itself: it can be made to run foreign code. Use a login module of Kafka's, such"
                + " as org.apache.kafka.common.security.scram.ScramLoginModule.");
  }

  @Test
  void settingsThatContradictEachOtherNameBothOrigins() {
    annotation("batchSize", "nothing");
    file("retry-delay: 1m\noutstanding-records: 999\nkafka.max.poll.records: 500\n");

    assertThat(problems())
        .containsExactly(
            "[@KafkaFunction(name = \"score\") batchSize] 'nothing' is not a whole number. Give a"
                + " whole number from 1 to 100,000, such as 500.",
            "[outstanding-records] outstanding-records is 999 (millrace.yaml:2), less than two"
                + " polls of 500 records (kafka.max.poll.records). Make it at least 1000, or"
                + " kafka.max.poll.records smaller.",
            "[functions.score] retry-delay is 1m (millrace.yaml:1), retry-delay-max only 30s"
                + " (default). Make retry-delay-max at least as long as retry-delay.");
  }

  @Test
  void rulesForFailuresThatContradictEachOtherAreRefused() {
    file("retry-max-age: 1s\nretry-delay: 1s\n");
    annotation("onErrorFor", "IOException=stop, Error=skip, IOException=skip after 1 retry");

    assertThat(problems())
        .containsExactly(
            "[functions.score] retry-max-age is 1s (millrace.yaml:1), no longer than retry-delay,"
                + " 1s (millrace.yaml:2): no message would be tried a third time. Make"
                + " retry-max-age longer, or set retries to 0.",
            "[functions.score] on-error-for has two rules for IOException: IOException=stop,"
                + " Error=skip, IOException=skip after 1 retry (@KafkaFunction). Leave one of them"
                + " out.");
  }

  @Test
  void whatIsNoRuleForFailuresIsRefused() {
    file("on-error: ignore\non-unreadable: dlq\non-error-for: IOException -> stop\n");

    assertThat(problems())
        .containsExactly(
            "[millrace.yaml:1 on-error] 'ignore' is not one of stop, dead-letter, skip. Give one of"
                + " stop, dead-letter, skip, such as dead-letter.",
            "[millrace.yaml:2 on-unreadable] 'dlq' is not one of stop, dead-letter, skip. Give one"
                + " of stop, dead-letter, skip, such as stop.",
            "[millrace.yaml:3 on-error-for] 'IOException -> stop' is not a list of rules"
                + " CLASS=stop, CLASS=dead-letter or CLASS=skip, each with 'after N retries' or"
                + " without. Give a list of rules CLASS=stop, CLASS=dead-letter or CLASS=skip, each"
                + " with 'after N retries' or without, such as IllegalArgumentException=dead-letter"
                + " after 0 retries, IOException=stop.");
  }

  @Test
  void aLoginThatKafkaWouldIgnoreIsAProblem() {
    file("kafka.sasl.mechanism: PLAIN\n");

    assertThat(problems())
        .containsExactly(
            "[millrace.yaml:1 kafka.sasl.mechanism] 'kafka.sasl.mechanism' has no effect without"
                + " kafka.security.protocol. Set kafka.security.protocol to SASL_SSL,"
                + " SASL_PLAINTEXT or SSL.");
  }

  @Test
  void variablesThatKubernetesPutsThereAreNoSettings() {
    environment.put("MILLRACE_SERVICE_HOST", "10.0.0.1");
    environment.put("MILLRACE_SERVICE_PORT_HTTP", "8080");
    environment.put("MILLRACE_PORT", "tcp://10.0.0.1:8080");
    environment.put("MILLRACE_METRICS_PORT", "tcp://10.0.0.1:9100");
    environment.put("MILLRACE_METRICS_PORT_9100_TCP_ADDR", "10.0.0.1");
    environment.put("MILLRACE_BATCH_SIZE", "");

    assertThat(load().server().metricsPort()).isZero();
  }

  @Test
  void aSectionUnderNearlyTheNameOfAFunctionThatHasNoneIsAWarning() {
    file("functions:\n  scroe:\n    retries: 1\n    deadline: 1m\n  other:\n    retries: 1\n");
    environment.put("MILLRACE_FUNCTIONS__OTHER__RETRIES", "1");

    Settings settings = load();

    assertThat(settings.warnings())
        .extracting(problem -> problem.toString().replace(folder + "/", ""))
        .containsExactly(
            "[millrace.yaml:3 functions.scroe.retries] no function 'scroe' runs here, and nothing"
                + " is set for 'score'. Write 'score' if that is meant.");
  }

  @Test
  void aSectionBesideThatOfTheFunctionIsForAnotherFunction() {
    file("functions:\n  score:\n    retries: 1\n  score2:\n    retries: 2\n");

    Settings settings = load();

    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.function("score").retry().retries()).isEqualTo(1);
  }

  @Test
  void aProcessWithAClusterOfItsOwnPassesOverWhatIsSaidOfOthers() {
    platform("owner: data-platform\nlocked: [bootstrap]\nkafka.sasl.jaas.config: ${env:GONE}\n");
    file("bootstrap: broker-1:9092\nkafka:\n  ssl.key.password: ${file:gone}\nbatch-size: 0\n");

    Settings.Reading reading = Settings.readWithoutCluster(sources());

    assertThat(reading.clusterProblems()).isEmpty();
    assertThat(reading.problems()).extracting(Problem::what).containsExactly("'0' is out of range");
  }

  @Test
  void problemsOfTheClustersSettingsAreToldApart() {
    file("bootstrap: broker-1\nbatch-size: 0\n");

    Settings.Reading reading = Settings.read(sources());

    assertThat(reading.clusterProblems())
        .extracting(Problem::what)
        .containsExactly("'broker-1' is not host:port, or several with commas between");
    assertThat(reading.problems()).extracting(Problem::what).containsExactly("'0' is out of range");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " -> ",
      quoteCharacter = '"',
      value = {
        "\"a: 1\n\tb: 2\n\" -> millrace.yaml:2] the file is not YAML from here on",
        "\"retries: *x\n\" -> millrace.yaml:1] '*x' refers to another value",
        "\"retries: 1\nretries: 2\n\" -> millrace.yaml:2 retries] 'retries' is set twice",
        "\"retries: 1\n---\nretries: 2\n\" -> millrace.yaml:3] a second document begins here",
        "\"- retries\n\" -> millrace.yaml:1] the file does not consist of settings",
        "\"retries\n\" -> millrace.yaml:1] the file does not consist of settings",
        "\"functions: [a]\n"
            + "\" -> millrace.yaml:1 functions] there are no settings of functions here",
        "\"functions: {a: 5}\n"
            + "\" -> millrace.yaml:1 functions.a] there are no settings of functions",
        "\"kafka: {sasl.mechanism: A, sasl: {mechanism: B}}\n\" -> 'kafka.sasl.mechanism' is set",
        "\"kafka: SSL\n\" -> millrace.yaml:1 kafka] there is no setting 'kafka'",
        "\"windows: 5\n\" -> Remove it; the settings are batch-bytes, batch-size"
      })
  void saysWhereAFileIsWrong(String text, String problem) {
    file(text);

    assertThat(problems()).anySatisfy(said -> assertThat(said).contains(problem));
  }

  @Test
  void aFileThatIsNamedMustBeThere() {
    file = Optional.of(folder.resolve("millrace.yaml"));

    assertThat(problems())
        .containsExactly("[millrace.yaml] there is no such file. Check the path.");
  }

  @Test
  void anEmptyFileSetsNothing() {
    file("# nothing yet\nkafka:\nfunctions:\n  score:\n".replace("kafka:", "kafka: "));

    assertThat(load().function("score")).isEqualTo(FunctionSettings.defaults());
  }

  private Settings load() {
    return Settings.load(sources());
  }

  private SettingsSources sources() {
    return new SettingsSources(platform, file, environment, flags, functions);
  }

  private List<String> problems() {
    SetupException refused = catchThrowableOfType(SetupException.class, this::load);
    return refused.problems().stream()
        .map(problem -> problem.toString().replace(folder + "/", ""))
        .toList();
  }

  private Map<String, String> origins(Settings settings) {
    Map<String, String> origins = new HashMap<>();
    for (EffectiveSetting row : settings.effective()) {
      origins.put(
          row.function() + " " + row.key(),
          row.value() + " " + row.origin().replace(folder + "/", ""));
    }
    return origins;
  }

  private void annotation(String... membersAndTexts) {
    Map<String, String> members = new HashMap<>();
    for (int i = 0; i < membersAndTexts.length; i += 2) {
      members.put(membersAndTexts[i], membersAndTexts[i + 1]);
    }
    functions = List.of(new AnnotatedFunction("score", members));
  }

  private void platform(String text) {
    platform = Optional.of(write("platform.yaml", text));
  }

  private void file(String text) {
    file = Optional.of(write("millrace.yaml", text));
  }

  private String file(String name, int line) {
    return folder.resolve(name) + ":" + line;
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
