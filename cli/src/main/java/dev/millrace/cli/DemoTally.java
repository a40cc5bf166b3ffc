package dev.millrace.cli;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is in the topics of the demo: counted from the records themselves, not from what the engine
/// says of itself.
final class DemoTally {
  static final String VALIDATED = "sales_validated";
  static final String ERRORS = "sales_error";

  /// The inputs, and below each what comes of it.
  static final List<String> TOPICS =
      List.of(
          DemoEvents.SIGN_UPS,
          "predict.topic",
          "campaign.emails",
          DemoEvents.SALES,
          VALIDATED,
          ERRORS);

  private static final int SLOWEST_MILLIS = 60_000;

  private final Map<String, Long> counts = new HashMap<>();
  private final Map<String, String> first = new HashMap<>();
  private final Map<String, Long> reasons = new HashMap<>();
  private final Map<String, Long> locations = new TreeMap<>();
  private final Map<String, BitSet> sources = new HashMap<>();
  private final long[] millis = new long[SLOWEST_MILLIS + 1];
  private long firstOutput = Long.MAX_VALUE;

  void add(ConsumerRecord<byte[], byte[]> next) {
    counts.merge(next.topic(), 1L, Long::sum);
    first.computeIfAbsent(next.topic(), topic -> new String(next.value(), StandardCharsets.UTF_8));
    switch (next.topic()) {
      case VALIDATED -> {
        addSale(next);
        locations.merge(new String(next.key(), StandardCharsets.UTF_8), 1L, Long::sum);
      }
      case ERRORS -> {
        addSale(next);
        JsonNode error = JsonMapper.shared().readTree(next.value());
        error.get("reasons").forEach(reason -> reasons.merge(reason.asString(), 1L, Long::sum));
      }
      default -> {}
    }
    if (!next.topic().equals(DemoEvents.SIGN_UPS) && !next.topic().equals(DemoEvents.SALES)) {
      firstOutput = Math.min(firstOutput, next.timestamp());
    }
  }

  /// Notes which sale it was made of, and how long that took.
  private void addSale(ConsumerRecord<byte[], byte[]> next) {
    String source = header(next, "millrace-source");
    int offset = source.lastIndexOf('/');
    int origin = source.lastIndexOf('@');
    sources
        .computeIfAbsent(source.substring(0, offset), partition -> new BitSet())
        .set(Integer.parseInt(source.substring(offset + 1, origin)));
    long took = next.timestamp() - Long.parseLong(source.substring(origin + 1));
    millis[Math.toIntExact(Math.clamp(took, 0, SLOWEST_MILLIS))]++;
  }

  private static String header(ConsumerRecord<byte[], byte[]> next, String name) {
    Header header = next.headers().lastHeader(name);
    if (header == null) {
      throw new IllegalStateException(next.topic() + " @ " + next.offset() + " lacks " + name);
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }

  /// Whether so many events are there, and what comes of each: the first client gets an e-mail.
  boolean complete(long events) {
    return count(DemoEvents.SIGN_UPS) + count(DemoEvents.SALES) == events
        && count(DemoEvents.SIGN_UPS) == count("predict.topic")
        && count(DemoEvents.SALES) == count(VALIDATED) + count(ERRORS)
        && count("campaign.emails") > 0;
  }

  /// How many records a topic has.
  long count(String topic) {
    return counts.getOrDefault(topic, 0L);
  }

  /// The value of the first record of a topic.
  Optional<String> first(String topic) {
    return Optional.ofNullable(first.get(topic));
  }

  /// When the first output was made, in milliseconds since the epoch.
  OptionalLong firstOutput() {
    return firstOutput == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(firstOutput);
  }

  /// Whether each sale came out, and came out once.
  boolean accounted() {
    long out = count(VALIDATED) + count(ERRORS);
    long different = sources.values().stream().mapToLong(BitSet::cardinality).sum();
    return out == count(DemoEvents.SALES) && different == out;
  }

  /// Why sales were refused, the most frequent reason first.
  Map<String, Long> reasons() {
    return reasons.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, Long::sum, LinkedHashMap::new));
  }

  /// The valid sales of each location.
  Map<String, Long> locations() {
    return locations;
  }

  /// In how many milliseconds this share of the sales came out.
  int within(double share) {
    long all = count(VALIDATED) + count(ERRORS);
    long so = 0;
    for (int i = 0; i < millis.length; i++) {
      so += millis[i];
      if (so >= Math.ceil(all * share)) {
        return i;
      }
    }
    return SLOWEST_MILLIS;
  }
}
