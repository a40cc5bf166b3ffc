package dev.millrace.engine.settings;

import dev.millrace.Guarantee;
import dev.millrace.OnError;
import dev.millrace.Ordering;
import dev.millrace.Threads;
import dev.millrace.engine.settings.Setting.Scope;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/// Every setting of Millrace's own, with its default and why it is that. Kafka's client settings
/// are in [ClientCatalogue].
public final class Catalogue {
  private Catalogue() {}

  /// The oldest record first: a new function loses nothing that is there.
  static final Setting<Start> START =
      ofFunction(
          "start",
          ValueType.start(),
          new Start.Earliest(),
          "",
          true,
          "Where a group without committed offsets begins: `earliest`, `latest`, a time such as"
              + " `2026-01-31T00:00:00Z` (without a zone: on the clock of the machine), or how far"
              + " back, such as `7d`");

  /// From 500 records in a call on, larger batches gain nothing; 100 cost 5 to 10 % of the speed.
  static final Setting<Integer> BATCH_SIZE =
      ofFunction(
          "batch-size",
          ValueType.wholeNumber(1, 100_000, 500),
          500,
          "",
          true,
          "The most messages handed to one call");

  /// As much as a broker gives of a partition in one answer.
  static final Setting<Long> BATCH_BYTES =
      ofFunction(
          "batch-bytes",
          ValueType.size("1B", "1GiB", "1MiB"),
          1L << 20,
          "",
          false,
          "The most bytes handed to one call, keys and values as they are in Kafka; a single"
              + " message may be larger");

  /// Takes what is there: under load batches fill by themselves, without load waiting only delays.
  static final Setting<Duration> BATCH_WAIT =
      ofFunction(
          "batch-wait",
          ValueType.duration("0", "5m", "200ms"),
          Duration.ZERO,
          "",
          true,
          "How long to wait for a batch to fill; `0` takes what is there");

  /// One member reads faster than nearly any function works.
  static final Setting<Integer> CONSUMERS =
      ofFunction(
          "consumers",
          ValueType.wholeNumber(1, 100, 1),
          1,
          "",
          true,
          "Members of the consumer group in this process");

  /// What a reader of a topic expects; nothing overtakes.
  static final Setting<Ordering> ORDERING =
      ofFunction(
          "ordering",
          ValueType.constant(Ordering.class, Ordering.KEY),
          Ordering.PARTITION,
          "",
          true,
          "Which messages wait for each other: those of a `partition`, those with the same `key`"
              + " in it, or `none`");

  /// Every partition can always have its call. Under the other orders 200 calls that wait keep a
  /// database or a service busy and do not flood it, and calls that compute get a processor each.
  static final Setting<OptionalInt> CONCURRENCY =
      ofFunction(
          "concurrency",
          ValueType.optionalWholeNumber(1, 10_000, 8),
          OptionalInt.empty(),
          "as ordering says",
          true,
          "The most calls in flight in this process; unless set, one for each partition, and under"
              + " `key` and `none` 200 on virtual threads or one for each processor on platform"
              + " threads");

  /// Who orders by key or not at all wants many calls that wait; who orders by partition has few.
  static final Setting<Threads> THREADS =
      ofFunction(
          "threads",
          ValueType.constant(Threads.class, Threads.PLATFORM),
          Threads.AUTO,
          "",
          true,
          "Where the function is called: on a `virtual` thread for each call, for functions that"
              + " wait; on `platform` threads, for functions that compute; `auto` is `platform`"
              + " under the order of partitions, else `virtual`");

  /// Loses nothing.
  static final Setting<Guarantee> GUARANTEE =
      ofFunction(
          "guarantee",
          ValueType.constant(Guarantee.class, Guarantee.AT_MOST_ONCE),
          Guarantee.AT_LEAST_ONCE,
          "",
          true,
          "What a crash does: under `at-least-once` some messages are seen again and none is lost;"
              + " under `at-most-once` none is seen again and those under way are lost");

  /// 5 times within about 6 s: long enough for a connection to come back, short enough that a bug
  /// shows while its author is watching.
  static final Setting<Integer> RETRIES =
      ofFunction(
          "retries",
          ValueType.wholeNumber(0, 1_000_000, 5),
          5,
          "",
          true,
          "How often a message that fails is tried again before on-error decides");

  /// Longer than a hiccup of a network, too short for anyone to notice.
  static final Setting<Duration> RETRY_DELAY =
      ofFunction(
          "retry-delay",
          ValueType.duration("1ms", "1h", "200ms"),
          Duration.ofMillis(200),
          "",
          false,
          "How long to wait before a failing call is made again; doubles each time, give or take"
              + " 20 %");

  /// What is back after an outage is used again within half a minute.
  static final Setting<Duration> RETRY_DELAY_MAX =
      ofFunction(
          "retry-delay-max",
          ValueType.duration("1ms", "1d", "30s"),
          Duration.ofSeconds(30),
          "",
          false,
          "The longest such wait");

  /// Long enough for a restart of what the function calls; then a person should know.
  static final Setting<Duration> RETRY_MAX_AGE =
      ofFunction(
          "retry-max-age",
          ValueType.duration("1ms", "30d", "10m"),
          Duration.ofMinutes(10),
          "",
          false,
          "After this long since its first failure a message is not tried again");

  /// Loses nothing and lets nobody overlook it.
  static final Setting<OnError> ON_ERROR =
      ofFunction(
          "on-error",
          ValueType.constant(OnError.class, OnError.DEAD_LETTER),
          OnError.STOP,
          "",
          true,
          "What becomes of a message that failed and that no retry helped: its partition stops, or"
              + " the message is written to the dead-letter topic, or passed over");

  static final Setting<List<ErrorRule>> ON_ERROR_FOR =
      ofFunction(
          "on-error-for",
          ValueType.errorRules(),
          List.of(),
          "as on-error",
          true,
          "The same for exceptions of some classes, with commas between; the class nearest to the"
              + " exception counts");

  /// Its bytes are kept, no call can help it, and whoever writes it is somebody else.
  static final Setting<OnError> ON_UNREADABLE =
      ofFunction(
          "on-unreadable",
          ValueType.constant(OnError.class, OnError.STOP),
          OnError.DEAD_LETTER,
          "",
          true,
          "What becomes of a message that cannot be read as the function's input");

  /// More than chance, less than a page of them.
  static final Setting<Integer> DEAD_LETTERS_IN_A_ROW =
      ofFunction(
          "dead-letters-in-a-row",
          ValueType.wholeNumber(1, 1_000_000_000, 100),
          100,
          "",
          false,
          "So many messages may become dead letters one after the other; the next stops its"
              + " partition");

  static final Setting<Integer> DEAD_LETTERS_PERCENT =
      ofFunction(
          "dead-letters-percent",
          ValueType.wholeNumber(1, 100, 50),
          50,
          "",
          false,
          "This share of the last thousand messages may become dead letters; looked at from a"
              + " hundred on");

  /// Kafka's own patience with a consumer (`max.poll.interval.ms`).
  static final Setting<Duration> DEADLINE =
      ofFunction(
          "deadline",
          ValueType.duration("1ms", "1d", "5m"),
          Duration.ofMinutes(5),
          "",
          true,
          "The longest a call may take; then it is cancelled and counts as failed");

  static final Setting<String> OWNER =
      ofFunction(
          "owner", ValueType.text("growth-team"), "", "not said", true, "Who owns the function");

  static final Setting<String> CONTACT =
      ofFunction(
          "contact",
          ValueType.text("#growth-oncall"),
          "",
          "not said",
          true,
          "How to reach the owner");

  static final Setting<String> DESCRIPTION =
      ofFunction(
          "description",
          ValueType.text("Scores new clients"),
          "",
          "not said",
          true,
          "What the function is for, in a sentence");

  /// So many that calls of a fast function do not wait for polls, and no more: whatever is kept
  /// longer is copied by the garbage collector, and repeated after a crash.
  static final Setting<Integer> OUTSTANDING_RECORDS =
      ofEngine(
          "outstanding-records",
          ValueType.wholeNumber(1, 10_000_000, 20_000),
          20_000,
          "The most records a consumer has read and not finished; with `commit-records` the bound"
              + " on messages seen again after a crash");

  /// The same for messages of 1,000 bytes. A function runs in a heap of 256 MiB.
  static final Setting<Long> OUTSTANDING_BYTES =
      ofEngine(
          "outstanding-bytes",
          ValueType.size("1B", "64GiB", "64MiB"),
          16L << 20,
          "The most bytes of such records");

  /// Between 200 ms and 1 s neither the broker nor a restart notices.
  static final Setting<Duration> COMMIT_INTERVAL =
      ofEngine(
          "commit-interval",
          ValueType.duration("1ms", "1m", "500ms"),
          Duration.ofMillis(500),
          "How often offsets are committed");

  /// So many that calls of a fast function do not wait for commits; a slow one commits by the
  /// clock. A crash repeats at most 50,000 messages of a consumer.
  static final Setting<Integer> COMMIT_RECORDS =
      ofEngine(
          "commit-records",
          ValueType.wholeNumber(1, 10_000_000, 30_000),
          30_000,
          "After how many finished records offsets are committed at the latest");

  /// Within the 30 s that Kubernetes gives a process to end.
  static final Setting<Duration> DRAIN_ON_STOP =
      ofEngine(
          "drain-on-stop",
          ValueType.duration("0", "1h", "20s"),
          Duration.ofSeconds(20),
          "How long running calls may go on when the process is asked to stop");

  /// The rest of the group waits for it.
  static final Setting<Duration> DRAIN_ON_REVOKE =
      ofEngine(
          "drain-on-revoke",
          ValueType.duration("0", "1m", "5s"),
          Duration.ofSeconds(5),
          "How long running calls may go on when another process takes over a partition");

  /// What every tool reads.
  static final Setting<String> FORMAT =
      ofPlatform(
          "format",
          "json",
          "How messages and outputs are written in Kafka: `json` (text for functions over"
              + " `String`), or a plug-in's");

  /// What describes JSON.
  static final Setting<String> VALIDATOR =
      ofPlatform(
          "validator",
          "json-schema",
          "What checks outputs against what was declared: `json-schema`, or a plug-in's");

  /// Nothing stands between.
  static final Setting<String> DELIVERY =
      ofPlatform(
          "delivery",
          "direct",
          "How outputs leave: `direct` to the cluster, or as a plug-in does it");

  /// Any free one: two functions on one machine do not meet.
  static final Setting<Integer> METRICS_PORT =
      new Setting<>(
          "metrics-port",
          Scope.SERVER,
          ValueType.wholeNumber(0, 65_535, 9100),
          0,
          "",
          false,
          "The port of `/metrics`, `/livez` and `/readyz`; `0` takes any free one and prints it");

  /// Where a broker on this machine listens.
  static final Setting<String> BOOTSTRAP =
      new Setting<>(
          "bootstrap",
          Scope.CLUSTER,
          ValueType.addresses(),
          "localhost:9092",
          "",
          false,
          "Brokers to ask first: `host:port`, several with commas between");

  private static final List<Setting<?>> FIXED = List.of(ORDERING, THREADS, GUARANTEE);

  private static final List<Setting<?>> ALL =
      List.of(
          START,
          BATCH_SIZE,
          BATCH_BYTES,
          BATCH_WAIT,
          CONSUMERS,
          ORDERING,
          CONCURRENCY,
          THREADS,
          GUARANTEE,
          RETRIES,
          ON_ERROR,
          ON_ERROR_FOR,
          ON_UNREADABLE,
          RETRY_MAX_AGE,
          DEAD_LETTERS_IN_A_ROW,
          DEAD_LETTERS_PERCENT,
          RETRY_DELAY,
          RETRY_DELAY_MAX,
          DEADLINE,
          OWNER,
          CONTACT,
          DESCRIPTION,
          OUTSTANDING_RECORDS,
          OUTSTANDING_BYTES,
          COMMIT_INTERVAL,
          COMMIT_RECORDS,
          DRAIN_ON_STOP,
          DRAIN_ON_REVOKE,
          FORMAT,
          VALIDATOR,
          DELIVERY,
          METRICS_PORT,
          BOOTSTRAP);

  /// Whether it stays for a function that runs what it was at its start.
  public static boolean isFixed(String key) {
    return FIXED.stream().anyMatch(setting -> setting.key().equals(key));
  }

  /// All of them, in the order a reader wants them.
  public static List<Setting<?>> all() {
    return ALL;
  }

  /// Those of one scope.
  public static List<Setting<?>> of(Scope scope) {
    return ALL.stream().filter(setting -> setting.scope() == scope).toList();
  }

  private static <T> Setting<T> ofFunction(
      String key,
      ValueType<T> type,
      T fallback,
      String absence,
      boolean annotated,
      String sentence) {
    return new Setting<>(key, Scope.FUNCTION, type, fallback, absence, annotated, sentence);
  }

  private static Setting<String> ofPlatform(String key, String fallback, String sentence) {
    return new Setting<>(
        key, Scope.PLATFORM, ValueType.text(fallback), fallback, "", false, sentence);
  }

  private static <T> Setting<T> ofEngine(
      String key, ValueType<T> type, T fallback, String sentence) {
    return new Setting<>(key, Scope.ENGINE, type, fallback, "", false, sentence);
  }
}
