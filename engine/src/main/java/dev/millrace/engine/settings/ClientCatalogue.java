package dev.millrace.engine.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Which of Kafka's client settings may be set, as `kafka.<key>`, and why the others may not. Every
/// setting that a consumer, producer or admin client of Kafka knows is in one of the two lists.
final class ClientCatalogue {
  static final ValueType<Integer> POLL_RECORDS = ValueType.wholeNumber(1, 100_000, 2_000);

  private static final Map<String, ClientSetting> ALLOWED = new LinkedHashMap<>();
  private static final Map<String, String> REFUSED = new LinkedHashMap<>();

  static {
    security();
    connection();
    throughput();
    refuse();
  }

  private ClientCatalogue() {}

  /// What may be set, by Kafka's name, in the order of the reference page.
  static Map<String, ClientSetting> allowed() {
    return ALLOWED;
  }

  /// What may not be set, by Kafka's name, with the reason: a sentence without its full stop.
  static Map<String, String> refused() {
    return REFUSED;
  }

  /// All names, allowed or refused, in order.
  static Set<String> names() {
    TreeSet<String> names = new TreeSet<>(ALLOWED.keySet());
    names.addAll(REFUSED.keySet());
    return names;
  }

  /// A login module that Kafka's clients refuse because it calls whatever address its options name.
  static Optional<String> dangerousLoginModule(String jaas) {
    return List.of("JndiLoginModule", "LdapLoginModule").stream().filter(jaas::contains).findAny();
  }

  private static void security() {
    allow(ValueType.oneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"), "security.protocol");
    allow(ValueType.text("SCRAM-SHA-512"), "sasl.mechanism");
    secret("sasl.jaas.config");
    allow(
        ValueType.text("com.example.Handler"),
        "sasl.client.callback.handler.class",
        "sasl.login.callback.handler.class",
        "sasl.login.class");
    allow(millis(), "sasl.login.connect.timeout.ms", "sasl.login.read.timeout.ms");
    allow(millis(), "sasl.login.retry.backoff.ms", "sasl.login.retry.backoff.max.ms");
    allow(ValueType.wholeNumber(0, 3_600, 300), "sasl.login.refresh.buffer.seconds");
    allow(ValueType.wholeNumber(0, 900, 60), "sasl.login.refresh.min.period.seconds");
    allow(ValueType.fraction(0.5, 1, "0.8"), "sasl.login.refresh.window.factor");
    allow(ValueType.fraction(0, 0.25, "0.05"), "sasl.login.refresh.window.jitter");
    allow(ValueType.text("kafka"), "sasl.kerberos.service.name");
    allow(ValueType.text("/usr/bin/kinit"), "sasl.kerberos.kinit.cmd");
    allow(millis(), "sasl.kerberos.min.time.before.relogin");
    allow(
        ValueType.fraction(0, 1, "0.8"),
        "sasl.kerberos.ticket.renew.jitter",
        "sasl.kerberos.ticket.renew.window.factor");
    allow(
        ValueType.text("https://login.example.com/token"),
        "sasl.oauthbearer.token.endpoint.url",
        "sasl.oauthbearer.jwks.endpoint.url");
    allow(
        millis(),
        "sasl.oauthbearer.jwks.endpoint.refresh.ms",
        "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms",
        "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms");
    allow(
        ValueType.text("millrace"),
        "sasl.oauthbearer.client.credentials.client.id",
        "sasl.oauthbearer.scope",
        "sasl.oauthbearer.scope.claim.name",
        "sasl.oauthbearer.sub.claim.name",
        "sasl.oauthbearer.expected.audience",
        "sasl.oauthbearer.expected.issuer",
        "sasl.oauthbearer.assertion.claim.aud",
        "sasl.oauthbearer.assertion.claim.iss",
        "sasl.oauthbearer.assertion.claim.sub",
        "sasl.oauthbearer.assertion.file",
        "sasl.oauthbearer.assertion.private.key.file",
        "sasl.oauthbearer.assertion.template.file",
        "sasl.oauthbearer.jwt.retriever.class",
        "sasl.oauthbearer.jwt.validator.class");
    secret("sasl.oauthbearer.client.credentials.client.secret");
    secret("sasl.oauthbearer.assertion.private.key.passphrase");
    allow(ValueType.oneOf("RS256", "ES256"), "sasl.oauthbearer.assertion.algorithm");
    allow(ValueType.wholeNumber(0, 86_400, 300), "sasl.oauthbearer.assertion.claim.exp.seconds");
    allow(ValueType.wholeNumber(0, 3_600, 60), "sasl.oauthbearer.assertion.claim.nbf.seconds");
    allow(ValueType.wholeNumber(0, 3_600, 30), "sasl.oauthbearer.clock.skew.seconds");
    allow(
        trueOrFalse(),
        "sasl.oauthbearer.assertion.claim.jti.include",
        "sasl.oauthbearer.header.urlencode");
    allow(ValueType.oneOf("PEM", "PKCS12", "JKS"), "ssl.truststore.type", "ssl.keystore.type");
    allow(ValueType.text("/etc/millrace/ca.pem"), "ssl.truststore.location");
    secret("ssl.truststore.certificates");
    secret("ssl.truststore.password");
    allow(ValueType.text("/etc/millrace/client.pem"), "ssl.keystore.location");
    secret("ssl.keystore.certificate.chain");
    secret("ssl.keystore.key");
    secret("ssl.keystore.password");
    secret("ssl.key.password");
    allow(
        ValueType.text("TLSv1.3"),
        "ssl.protocol",
        "ssl.enabled.protocols",
        "ssl.cipher.suites",
        "ssl.provider",
        "ssl.keymanager.algorithm",
        "ssl.trustmanager.algorithm",
        "ssl.secure.random.implementation",
        "ssl.engine.factory.class",
        "ssl.endpoint.identification.algorithm",
        "security.providers");
  }

  private static void connection() {
    allow(ValueType.text("team-a"), "client.id");
    allow(ValueType.text("eu-west-1a"), "client.rack");
    allow(
        ValueType.oneOf("use_all_dns_ips", "resolve_canonical_bootstrap_servers_only"),
        "client.dns.lookup");
    allow(ValueType.oneOf("consumer", "classic"), "group.protocol");
    // Below a second a healthy but busy broker looks dead.
    allow(ValueType.wholeNumber(1_000, 600_000, 30_000), "request.timeout.ms");
    allow(
        millis(),
        "metadata.max.age.ms",
        "metadata.recovery.rebootstrap.trigger.ms",
        "connections.max.idle.ms",
        "reconnect.backoff.ms",
        "reconnect.backoff.max.ms",
        "retry.backoff.ms",
        "retry.backoff.max.ms",
        "socket.connection.setup.timeout.ms",
        "socket.connection.setup.timeout.max.ms");
    allow(ValueType.wholeNumber(5_000, Integer.MAX_VALUE, 300_000), "metadata.max.idle.ms");
    allow(ValueType.oneOf("rebootstrap", "none"), "metadata.recovery.strategy");
    allow(bytes(-1), "send.buffer.bytes", "receive.buffer.bytes");
    allow(trueOrFalse(), "enable.metrics.push");
  }

  private static void throughput() {
    allow(bytes(1), "fetch.min.bytes", "fetch.max.bytes", "max.partition.fetch.bytes");
    allow(ValueType.wholeNumber(0, 60_000, 500), "fetch.max.wait.ms");
    allow(POLL_RECORDS, "max.poll.records");
    allow(ValueType.wholeNumber(0, 60_000, 5), "linger.ms");
    allow(bytes(0), "batch.size");
    // Less than a few batches for each partition would block the sending thread.
    allow(ValueType.wholeNumber(1 << 20, Integer.MAX_VALUE, 32 << 20), "buffer.memory");
    allow(bytes(1), "max.request.size");
    allow(ValueType.oneOf("none", "gzip", "snappy", "lz4", "zstd"), "compression.type");
    allow(ValueType.wholeNumber(1, 9, 6), "compression.gzip.level");
    allow(ValueType.wholeNumber(1, 17, 9), "compression.lz4.level");
    allow(ValueType.wholeNumber(-131_072, 22, 3), "compression.zstd.level");
    allow(trueOrFalse(), "partitioner.adaptive.partitioning.enable");
    allow(millis(), "partitioner.availability.timeout.ms");
  }

  private static void refuse() {
    refuse("Set 'bootstrap' instead", "bootstrap.servers");
    refuse("Millrace talks to brokers, not to controllers", "bootstrap.controllers");
    refuse("Write a reference such as ${env:NAME} or ${file:/path} instead", "config.providers");
    refuse(
        "Millrace sets it: an offset is committed when the function has finished its messages, not"
            + " before",
        "enable.auto.commit",
        "auto.commit.interval.ms");
    refuse(
        "Millrace sets it: the function's 'start' says where to begin, and a lost position is never"
            + " skipped silently",
        "auto.offset.reset");
    refuse("Millrace sets it: the group has the function's name", "group.id");
    refuse(
        "Millrace sets it: two consumers of one process would shut each other out",
        "group.instance.id");
    refuse(
        "Millrace sets it: partitions move one by one, without stopping the others",
        "partition.assignment.strategy",
        "group.remote.assignor");
    refuse(
        "Millrace sets it: the engine polls however long a call takes, limit calls with 'deadline'",
        "max.poll.interval.ms");
    refuse(
        "The broker decides it for each group (group.consumer.session.timeout.ms and"
            + " group.consumer.heartbeat.interval.ms)",
        "session.timeout.ms",
        "heartbeat.interval.ms");
    refuse(
        "Millrace sets it: only committed records are read, so that no function sees what its"
            + " producer took back",
        "isolation.level");
    refuse(
        "Millrace sets it: a mistyped topic is an error, not a new topic",
        "allow.auto.create.topics");
    refuse("Millrace sets it: damaged records must be noticed", "check.crcs");
    refuse("Functions name their topics, there are no patterns", "exclude.internal.topics");
    refuse(
        "Millrace sets it: values are read and written as the function's types say",
        "key.deserializer",
        "value.deserializer",
        "key.serializer",
        "value.serializer");
    refuse(
        "Millrace sets it: nothing else may change, drop or delay records", "interceptor.classes");
    refuse(
        "Millrace sets it: a message is done when all in-sync replicas have its outputs, once and"
            + " in order",
        "acks",
        "enable.idempotence",
        "max.in.flight.requests.per.connection",
        "retries");
    refuse(
        "Millrace sets it: an output waits for the cluster as long as it takes, it is never given"
            + " up",
        "delivery.timeout.ms");
    refuse("Millrace sets it: the engine must never be blocked for long", "max.block.ms");
    refuse(
        "Millrace sets it: commands must answer in time also without a cluster",
        "default.api.timeout.ms");
    refuse(
        "Millrace sets it: the same key must go to the same partition whoever writes it",
        "partitioner.class",
        "partitioner.ignore.keys");
    refuse(
        "Transactions are Millrace's own",
        "transactional.id",
        "transaction.timeout.ms",
        "transaction.two.phase.commit.enable");
    refuse(
        "Millrace publishes its metrics at /metrics",
        "metric.reporters",
        "metrics.num.samples",
        "metrics.recording.level",
        "metrics.sample.window.ms");
    refuse(
        "Functions are consumer groups, not share groups",
        "share.acknowledgement.mode",
        "share.acquire.mode");
    refuse(
        "It is Kafka's own and not for applications",
        "internal.throw.on.fetch.stable.offset.unsupported");
  }

  private static void allow(ValueType<?> type, String... keys) {
    for (String key : keys) {
      ALLOWED.put(key, new ClientSetting(key, type, false));
    }
  }

  private static void secret(String key) {
    ALLOWED.put(key, new ClientSetting(key, ValueType.text("${file:/run/secrets/name}"), true));
  }

  private static void refuse(String reason, String... keys) {
    for (String key : keys) {
      REFUSED.put(key, reason);
    }
  }

  private static ValueType<Integer> millis() {
    return ValueType.wholeNumber(0, Integer.MAX_VALUE, 1_000);
  }

  private static ValueType<Integer> bytes(int least) {
    return ValueType.wholeNumber(least, Integer.MAX_VALUE, 1 << 20);
  }

  private static ValueType<String> trueOrFalse() {
    return ValueType.oneOf("true", "false");
  }
}
