package dev.millrace.engine.deadletters;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What became of a dead letter. One without a fate is open.
///
/// @param kind what was done
/// @param at when
/// @param by who did it
/// @param reason why, or with what result; may be empty
/// @param function whose dead letter it was
/// @param hops how often the record had failed by then
/// @param topicId of the dead-letter topic, whose offsets mean nothing for another of its name
public record Fate(
    Kind kind, Instant at, String by, String reason, String function, int hops, String topicId) {
  /// What was done with a dead letter.
  public enum Kind {
    /// The function dealt with it, and its outputs are in the cluster.
    REDRIVEN,
    /// The function passed it over by its verdict.
    SKIPPED,
    /// The function failed again, and a new dead letter took its place.
    FAILED_AGAIN,
    /// A person decided that it is not needed.
    DISCARDED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// As it is written in the topic.
  byte[] json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("fate", kind.toString());
    json.put("at", at.toString());
    json.put("by", by);
    json.put("reason", reason);
    json.put("function", function);
    json.put("hops", hops);
    json.put("topicId", topicId);
    return JsonMapper.shared().writeValueAsBytes(json);
  }

  /// What was written; empty where it is no fate, or one of a kind that is not known here.
  static Optional<Fate> read(byte @Nullable [] json) {
    if (json == null) {
      return Optional.empty();
    }
    try {
      JsonNode read = JsonMapper.shared().readTree(json);
      Instant at = Instant.parse(read.path("at").asString(""));
      return Arrays.stream(Kind.values())
          .filter(kind -> kind.toString().equals(read.path("fate").asString("")))
          .findFirst()
          .map(kind ->
              new Fate(
                  kind,
                  at,
                  read.path("by").asString(""),
                  read.path("reason").asString(""),
                  read.path("function").asString(""),
                  read.path("hops").asInt(0),
                  read.path("topicId").asString("")));
    } catch (JacksonException | DateTimeException e) {
      return Optional.empty(); // Whoever reads says so.
    }
  }
}
