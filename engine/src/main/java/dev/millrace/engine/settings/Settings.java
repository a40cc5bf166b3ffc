package dev.millrace.engine.settings;

import dev.millrace.Ordering;
import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The settings that hold, from all layers: platform.yaml, then the annotation, then millrace.yaml,
/// then `MILLRACE_*`, then flags. What is said later wins, in whatever words: a flag for all
/// functions wins over a line in millrace.yaml for one. Within a layer, what is said for one
/// function wins over what is said for all. Nothing wins over what the platform locked. Immutable.
public final class Settings {
  private static final String MASK = "********";

  private static final Spelling FLAGS =
      new Spelling(setting -> true, Setting::key, Entry.KAFKA, name -> name);
  private static final Spelling MEMBERS =
      new Spelling(Setting::annotated, Setting::member, "", name -> name);

  private final SettingsSources sources;
  private final PlatformFile platform;
  private final List<Entry> entries;
  private final Map<String, String> connection;

  private Settings(
      SettingsSources sources,
      PlatformFile platform,
      List<Entry> entries,
      Map<String, String> connection) {
    this.sources = sources;
    this.platform = platform;
    this.entries = entries;
    this.connection = connection;
  }

  /// What was read, right or wrong.
  ///
  /// @param settings the settings; only to be used where there are no problems
  /// @param problems what is wrong: unknown names, values of the wrong kind or out of range, locked
  ///   settings
  /// @param clusterProblems the same for how the cluster is reached, also missing secrets
  public record Reading(Settings settings, List<Problem> problems, List<Problem> clusterProblems) {
    /// Keeps copies.
    public Reading {
      problems = List.copyOf(problems);
      clusterProblems = List.copyOf(clusterProblems);
    }

    /// The settings, or a [SetupException] with all that is wrong.
    public Settings orThrow() {
      List<Problem> all = new ArrayList<>(problems);
      all.addAll(clusterProblems);
      if (!all.isEmpty()) {
        throw new SetupException(all);
      }
      return settings;
    }
  }

  /// Reads all layers. Throws a [SetupException] with everything that is wrong in any of them.
  public static Settings load(SettingsSources sources) {
    return read(sources).orThrow();
  }

  /// Reads all layers.
  public static Reading read(SettingsSources sources) {
    return read(sources, entry -> true);
  }

  /// Reads all layers but passes over what they say about the cluster: for a process that brings
  /// its own.
  public static Reading readWithoutCluster(SettingsSources sources) {
    return read(sources, entry -> !entry.isOfCluster());
  }

  private static Reading read(SettingsSources sources, Predicate<Entry> wanted) {
    List<Problem> problems = new ArrayList<>();
    PlatformFile platform =
        sources
            .platformFile()
            .map(file -> PlatformFile.read(file, problems))
            .orElseGet(PlatformFile::none);
    List<Entry> entries = new ArrayList<>(platform.entries());
    entries.addAll(fromAnnotations(sources.functions(), problems));
    sources
        .file()
        .map(file ->
            SettingsFile.entries(
                Layer.FILE, file, YamlNode.read(file, problems).fields(), problems))
        .ifPresent(entries::addAll);
    entries.addAll(
        EnvironmentVariables.entries(
            sources.environment(),
            sources.functions().stream().map(AnnotatedFunction::name).toList(),
            entries.stream()
                .flatMap(entry -> References.variables(entry.text()).stream())
                .collect(Collectors.toSet()),
            problems));
    entries.addAll(fromFlags(sources.flags(), problems));
    entries.removeIf(wanted.negate());
    List<Problem> clusterProblems = new ArrayList<>();
    entries.forEach(
        entry -> check(entry, platform, entry.isOfCluster() ? clusterProblems : problems));
    Settings settings =
        new Settings(
            sources,
            platform,
            List.copyOf(entries),
            resolveKafka(entries, sources, clusterProblems));
    settings.checkSecurity(clusterProblems);
    settings.checkTogether(problems);
    return new Reading(settings, problems, clusterProblems);
  }

  /// The settings of this function.
  public FunctionSettings function(String name) {
    return new FunctionSettings(
        value(name, Catalogue.START),
        value(name, Catalogue.BATCH_SIZE),
        Math.toIntExact(value(name, Catalogue.BATCH_BYTES)),
        value(name, Catalogue.BATCH_WAIT),
        value(name, Catalogue.CONSUMERS),
        value(name, Catalogue.CONCURRENCY),
        new CallSettings(
            value(name, Catalogue.ORDERING),
            value(name, Catalogue.THREADS),
            value(name, Catalogue.GUARANTEE)),
        new RetrySettings(
            value(name, Catalogue.RETRIES),
            value(name, Catalogue.RETRY_DELAY),
            value(name, Catalogue.RETRY_DELAY_MAX)),
        new FailureSettings(
            value(name, Catalogue.ON_ERROR),
            value(name, Catalogue.ON_ERROR_FOR),
            value(name, Catalogue.ON_UNREADABLE),
            value(name, Catalogue.RETRY_MAX_AGE),
            value(name, Catalogue.DEAD_LETTERS_IN_A_ROW),
            value(name, Catalogue.DEAD_LETTERS_PERCENT)),
        value(name, Catalogue.DEADLINE),
        value(name, Catalogue.OWNER),
        value(name, Catalogue.CONTACT),
        value(name, Catalogue.DESCRIPTION));
  }

  /// The engine's settings.
  public EngineSettings engine() {
    return new EngineSettings(
        value("", Catalogue.OUTSTANDING_RECORDS),
        value("", Catalogue.OUTSTANDING_BYTES),
        value("", Catalogue.COMMIT_INTERVAL),
        value("", Catalogue.COMMIT_RECORDS),
        value("", Catalogue.DRAIN_ON_STOP),
        value("", Catalogue.DRAIN_ON_REVOKE));
  }

  /// What the platform's owner has replaced.
  public PluginSettings plugins() {
    return new PluginSettings(
        chosen(Catalogue.FORMAT),
        chosen(Catalogue.VALIDATOR),
        chosen(Catalogue.DELIVERY),
        platform.plugins());
  }

  private PluginSettings.Chosen chosen(Setting<String> setting) {
    return new PluginSettings.Chosen(
        value("", setting),
        winner(entries, "", setting.key()).map(Entry::where).orElseGet(setting::key));
  }

  /// The settings of the server with metrics and health.
  public ServerSettings server() {
    return new ServerSettings(value("", Catalogue.METRICS_PORT));
  }

  /// The brokers to ask first: `host:port`, several with commas between.
  public String bootstrap() {
    return value("", Catalogue.BOOTSTRAP);
  }

  /// How Kafka's clients reach the cluster, by Kafka's own names: `bootstrap.servers`, and what was
  /// set as `kafka.*` **with its secrets**. Not to be printed.
  public Map<String, String> connection() {
    Map<String, String> all = new TreeMap<>(connection);
    all.put("bootstrap.servers", bootstrap());
    return Map.copyOf(all);
  }

  /// Every setting that holds with its origin: those of the process, what was set of Kafka's
  /// clients, then each function's. Secrets are masked.
  public List<EffectiveSetting> effective() {
    List<EffectiveSetting> rows = new ArrayList<>();
    for (Setting<?> setting : Catalogue.all()) {
      if (setting.scope() != Setting.Scope.FUNCTION) {
        rows.add(row("", setting));
      }
    }
    for (String key : kafkaKeys(entries)) {
      Entry entry = winner(entries, "", key).orElseThrow();
      rows.add(
          new EffectiveSetting(
              "", key, masked(entry), entry.origin(), platform.lock(key).isPresent()));
    }
    for (AnnotatedFunction function : sources.functions()) {
      for (Setting<?> setting : Catalogue.of(Setting.Scope.FUNCTION)) {
        rows.add(row(function.name(), setting));
      }
    }
    return rows;
  }

  /// What is allowed and was probably not meant: a section for a function that does not run here,
  /// under nearly the name of one that does and has no section. Other sections of functions that do
  /// not run here are fine, since a file may serve several processes.
  public List<Problem> warnings() {
    List<Entry> sections =
        entries.stream()
            .filter(entry -> !entry.function().isEmpty() && entry.layer() != Layer.ANNOTATION)
            .toList();
    Set<String> named = sections.stream().map(Entry::function).collect(Collectors.toSet());
    List<String> without =
        sources.functions().stream()
            .map(AnnotatedFunction::name)
            .filter(name -> !named.contains(name))
            .toList();
    Map<String, Entry> strangers = new TreeMap<>();
    sections.stream()
        .filter(entry -> !isRunning(entry.function()))
        .forEach(entry -> strangers.putIfAbsent(entry.function(), entry));
    return strangers.values().stream()
        .flatMap(entry ->
            NearestName.of(entry.function(), without).stream()
                .map(near ->
                    new Problem(
                        entry.where(),
                        "no function '%s' runs here, and nothing is set for '%s'"
                            .formatted(entry.function(), near),
                        "Write '" + near + "' if that is meant")))
        .toList();
  }

  private boolean isRunning(String function) {
    return sources.functions().stream().anyMatch(running -> running.name().equals(function));
  }

  private static List<Entry> fromAnnotations(
      List<AnnotatedFunction> functions, List<Problem> problems) {
    List<Entry> entries = new ArrayList<>();
    for (AnnotatedFunction function : functions) {
      new TreeMap<>(function.members())
          .forEach((member, text) -> {
            String where = "@KafkaFunction(name = \"" + function.name() + "\") " + member;
            MEMBERS
                .key(member)
                .ifPresentOrElse(
                    key ->
                        entries.add(
                            new Entry(
                                Layer.ANNOTATION,
                                function.name(),
                                key,
                                text,
                                "@KafkaFunction",
                                where,
                                Path.of(""))),
                    () -> problems.add(MEMBERS.unknown(where, member)));
          });
    }
    return entries;
  }

  private static List<Entry> fromFlags(Map<String, String> flags, List<Problem> problems) {
    List<Entry> entries = new ArrayList<>();
    new TreeMap<>(flags)
        .forEach((name, text) -> {
          String flag = name.startsWith(Entry.KAFKA) ? "--kafka " + clientKey(name) : "--" + name;
          FLAGS
              .key(name)
              .ifPresentOrElse(
                  key -> entries.add(new Entry(Layer.FLAG, "", key, text, flag, flag, Path.of(""))),
                  () -> problems.add(FLAGS.unknown(flag, name)));
        });
    return entries;
  }

  private static void check(Entry entry, PlatformFile platform, List<Problem> problems) {
    if (entry.layer() != Layer.PLATFORM) {
      platform
          .lock(entry.key())
          .ifPresent(place ->
              problems.add(
                  new Problem(
                      entry.where(),
                      "'%s' is locked by %s (%s)".formatted(entry.key(), platform.owner(), place),
                      "Remove it here, or ask %s to change it".formatted(platform.owner()))));
    }
    if (!entry.key().startsWith(Entry.KAFKA)) {
      setting(entry.key())
          .ifPresent(known -> checkValue(entry, known.type(), entry.text(), problems));
      return;
    }
    String client = clientKey(entry.key());
    String refused = ClientCatalogue.refused().get(client);
    if (refused != null) {
      problems.add(
          new Problem(entry.where(), "'" + client + "' cannot be set. " + refused, "Remove it"));
      return;
    }
    if (!References.in(entry.text())) {
      checkClient(entry, entry.text(), problems);
    }
  }

  /// Kafka's client settings that hold, with their secrets. A missing secret that is overridden is
  /// nobody's problem.
  private static Map<String, String> resolveKafka(
      List<Entry> entries, SettingsSources sources, List<Problem> problems) {
    Map<String, String> resolved = new TreeMap<>();
    for (String key : kafkaKeys(entries)) {
      String client = clientKey(key);
      if (!ClientCatalogue.allowed().containsKey(client)) {
        continue;
      }
      Entry entry = winner(entries, "", key).orElseThrow();
      int before = problems.size();
      String text =
          References.resolve(
              entry,
              sources.environment(),
              secret -> client.equals("sasl.jaas.config") ? escaped(secret) : secret,
              problems);
      if (References.in(entry.text()) && problems.size() == before) {
        checkClient(entry, text, problems);
      }
      resolved.put(client, text);
    }
    return resolved;
  }

  /// A secret between the quotes of a JAAS line must not end them.
  private static String escaped(String secret) {
    return secret.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static void checkClient(Entry entry, String text, List<Problem> problems) {
    String client = clientKey(entry.key());
    ClientSetting setting = ClientCatalogue.allowed().get(client);
    if (setting == null) {
      return;
    }
    checkValue(entry, setting.type(), text, problems);
    if (client.equals("sasl.jaas.config")) {
      ClientCatalogue.dangerousLoginModule(text)
          .ifPresent(module ->
              problems.add(
                  new Problem(
                      entry.where(),
                      module
                          + " is refused, as by Kafka itself: it can be made to run foreign code",
                      "Use a login module of Kafka's, such as"
                          + " org.apache.kafka.common.security.scram.ScramLoginModule")));
    }
  }

  private static void checkValue(
      Entry entry, ValueType<?> type, String text, List<Problem> problems) {
    try {
      type.read(text);
    } catch (IllegalArgumentException wrong) {
      problems.add(
          new Problem(
              entry.where(),
              // What a reference stands for may be a secret in the wrong place.
              References.in(entry.text())
                  ? "what '" + entry.text() + "' stands for is not allowed"
                  : String.valueOf(wrong.getMessage()),
              "Give " + type.expected() + ", such as " + type.example()));
    }
  }

  /// What only shows when the values of all layers meet. Unreadable ones have been reported.
  private void checkTogether(List<Problem> problems) {
    checkOutstanding(problems);
    sources
        .functions()
        .forEach(function -> {
          checkRetry(function.name(), problems);
          checkConcurrency(function.name(), problems);
          checkReach(function.name(), problems);
          checkBatch(function.name(), problems);
        });
  }

  /// Kafka's clients would silently use neither login nor TLS.
  private void checkSecurity(List<Problem> problems) {
    if (connection.containsKey("security.protocol")) {
      return;
    }
    connection.keySet().stream()
        .filter(client -> client.startsWith("sasl.") || client.startsWith("ssl."))
        .findFirst()
        .flatMap(client -> winner(entries, "", Entry.KAFKA + client))
        .ifPresent(entry ->
            problems.add(
                new Problem(
                    entry.where(),
                    "'" + entry.key() + "' has no effect without kafka.security.protocol",
                    "Set kafka.security.protocol to SASL_SSL, SASL_PLAINTEXT or SSL")));
  }

  private void checkOutstanding(List<Problem> problems) {
    Optional<Integer> outstanding = readable("", Catalogue.OUTSTANDING_RECORDS);
    Optional<Integer> poll =
        ClientCatalogue.POLL_RECORDS
            .reader()
            .apply(connection.getOrDefault("max.poll.records", "1"));
    if (outstanding.isPresent() && poll.isPresent() && outstanding.get() < 2 * poll.get()) {
      problems.add(
          new Problem(
              "outstanding-records",
              "outstanding-records is %s, less than two polls of %d records (kafka.max.poll.records)"
                  .formatted(said("", Catalogue.OUTSTANDING_RECORDS), poll.get()),
              "Make it at least %d, or kafka.max.poll.records smaller".formatted(2 * poll.get())));
    }
  }

  /// Each consumer needs a call of its own, or it would never make one.
  private void checkConcurrency(String name, List<Problem> problems) {
    Optional<OptionalInt> concurrency = readable(name, Catalogue.CONCURRENCY);
    Optional<Integer> consumers = readable(name, Catalogue.CONSUMERS);
    if (concurrency.isPresent()
        && concurrency.get().isPresent()
        && consumers.isPresent()
        && concurrency.get().getAsInt() < consumers.get()) {
      problems.add(
          new Problem(
              "functions." + name,
              "concurrency is %s, less than the %s consumers"
                  .formatted(said(name, Catalogue.CONCURRENCY), said(name, Catalogue.CONSUMERS)),
              "Make concurrency larger, or consumers fewer"));
    }
  }

  /// Calls that could never be in flight at the same time.
  private void checkReach(String name, List<Problem> problems) {
    Optional<Ordering> ordering = readable(name, Catalogue.ORDERING);
    Optional<OptionalInt> concurrency = readable(name, Catalogue.CONCURRENCY);
    Optional<Integer> consumers = readable(name, Catalogue.CONSUMERS);
    Optional<Integer> outstanding = readable("", Catalogue.OUTSTANDING_RECORDS);
    if (ordering.isPresent()
        && ordering.get() != Ordering.PARTITION
        && concurrency.isPresent()
        && concurrency.get().isPresent()
        && consumers.isPresent()
        && outstanding.isPresent()
        && concurrency.get().getAsInt() > (long) consumers.get() * outstanding.get()) {
      problems.add(
          new Problem(
              "functions." + name,
              "concurrency is %s, but no more than outstanding-records %s are at work at the same"
                      .formatted(
                          said(name, Catalogue.CONCURRENCY),
                          said("", Catalogue.OUTSTANDING_RECORDS))
                  + " time",
              "Make concurrency smaller, or outstanding-records larger"));
    }
  }

  /// A batch that can never fill would make every call wait in vain.
  private void checkBatch(String name, List<Problem> problems) {
    Optional<Duration> wait = readable(name, Catalogue.BATCH_WAIT);
    Optional<Integer> size = readable(name, Catalogue.BATCH_SIZE);
    Optional<Integer> outstanding = readable("", Catalogue.OUTSTANDING_RECORDS);
    if (wait.isPresent()
        && wait.get().isPositive()
        && size.isPresent()
        && outstanding.isPresent()
        && size.get() > outstanding.get()) {
      problems.add(
          new Problem(
              "functions." + name,
              "batch-wait is %s, but a batch of batch-size %s never fills: outstanding-records is %s"
                  .formatted(
                      said(name, Catalogue.BATCH_WAIT),
                      said(name, Catalogue.BATCH_SIZE),
                      said("", Catalogue.OUTSTANDING_RECORDS)),
              "Make batch-size smaller, or outstanding-records larger"));
    }
  }

  private void checkRetry(String name, List<Problem> problems) {
    Optional<Duration> delay = readable(name, Catalogue.RETRY_DELAY);
    Optional<Duration> longest = readable(name, Catalogue.RETRY_DELAY_MAX);
    if (delay.isPresent() && longest.isPresent() && longest.get().compareTo(delay.get()) < 0) {
      problems.add(
          new Problem(
              "functions." + name,
              "retry-delay is %s, retry-delay-max only %s"
                  .formatted(
                      said(name, Catalogue.RETRY_DELAY), said(name, Catalogue.RETRY_DELAY_MAX)),
              "Make retry-delay-max at least as long as retry-delay"));
    }
    Optional<Integer> retries = readable(name, Catalogue.RETRIES);
    Optional<Duration> age = readable(name, Catalogue.RETRY_MAX_AGE);
    if (delay.isPresent()
        && age.isPresent()
        && retries.orElse(0) > 0
        && age.get().compareTo(delay.get()) <= 0) {
      problems.add(
          new Problem(
              "functions." + name,
              "retry-max-age is %s, no longer than retry-delay, %s: no message would be tried a third time"
                  .formatted(
                      said(name, Catalogue.RETRY_MAX_AGE), said(name, Catalogue.RETRY_DELAY)),
              "Make retry-max-age longer, or set retries to 0"));
    }
    checkRules(name, problems);
  }

  private void checkRules(String name, List<Problem> problems) {
    Set<String> seen = new HashSet<>();
    for (ErrorRule rule : readable(name, Catalogue.ON_ERROR_FOR).orElse(List.of())) {
      if (!seen.add(rule.exception())) {
        problems.add(
            new Problem(
                "functions." + name,
                "on-error-for has two rules for %s: %s"
                    .formatted(rule.exception(), said(name, Catalogue.ON_ERROR_FOR)),
                "Leave one of them out"));
      }
    }
  }

  private <T> Optional<T> readable(String function, Setting<T> setting) {
    return winner(entries, function, setting.key())
        .map(entry -> setting.type().reader().apply(entry.text()))
        .orElseGet(() -> Optional.of(setting.fallback()));
  }

  private String said(String function, Setting<?> setting) {
    EffectiveSetting row = row(function, setting);
    return row.value() + " (" + row.origin() + ")";
  }

  private EffectiveSetting row(String function, Setting<?> setting) {
    Optional<Entry> entry = winner(entries, function, setting.key());
    return new EffectiveSetting(
        function,
        setting.key(),
        entry.map(set -> normal(setting, set.text())).orElseGet(setting::printedFallback),
        entry.map(Entry::origin).orElse("default"),
        platform.lock(setting.key()).isPresent());
  }

  private static <T> String normal(Setting<T> setting, String text) {
    return setting.type().printer().apply(setting.type().read(text));
  }

  private static String masked(Entry entry) {
    ClientSetting setting = ClientCatalogue.allowed().get(clientKey(entry.key()));
    boolean secret = setting != null && setting.secret();
    return secret && !References.isOne(entry.text()) ? MASK : entry.text();
  }

  private <T> T value(String function, Setting<T> setting) {
    return winner(entries, function, setting.key())
        .map(entry -> setting.type().read(entry.text()))
        .orElseGet(setting::fallback);
  }

  private static Optional<Entry> winner(List<Entry> entries, String function, String key) {
    return entries.stream()
        .filter(entry -> entry.key().equals(key))
        .filter(entry -> entry.function().isEmpty() || entry.function().equals(function))
        .max(
            Comparator.comparing(Entry::layer).thenComparing(entry -> !entry.function().isEmpty()));
  }

  private static Set<String> kafkaKeys(List<Entry> entries) {
    return entries.stream()
        .map(Entry::key)
        .filter(key -> key.startsWith(Entry.KAFKA))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String clientKey(String key) {
    return key.substring(Entry.KAFKA.length());
  }

  private static Optional<Setting<?>> setting(String key) {
    return Catalogue.all().stream().filter(setting -> setting.key().equals(key)).findAny();
  }
}
