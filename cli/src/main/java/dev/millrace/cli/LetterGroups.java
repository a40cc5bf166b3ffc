package dev.millrace.cli;

import dev.millrace.cli.live.Span;
import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.deadletters.StoredLetter;
import dev.millrace.engine.kafka.RecordId;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Dead letters by function and cause; keeps none of them.
final class LetterGroups {
  /// Those of one function with one cause.
  ///
  /// @param error the class of what was thrown, or what else was wrong
  /// @param fingerprint what they have in common
  /// @param count how many
  /// @param oldest when the first of them was given up
  /// @param newest when the last of them was
  /// @param hops the most that one of them has
  /// @param example the newest
  private record Group(
      String function,
      String error,
      String fingerprint,
      long count,
      Instant oldest,
      Instant newest,
      int hops,
      RecordId example) {
    static Group of(StoredLetter stored) {
      DeadLetter letter = stored.letter();
      return new Group(
          letter.function(),
          letter.error(),
          letter.fingerprint(),
          1,
          letter.last(),
          letter.last(),
          letter.hops(),
          stored.id());
    }

    Group with(Group more) {
      boolean later = !more.newest.isBefore(newest);
      return new Group(
          function,
          error,
          fingerprint,
          count + more.count,
          oldest.isBefore(more.oldest) ? oldest : more.oldest,
          later ? more.newest : newest,
          Math.max(hops, more.hops),
          later ? more.example : example);
    }
  }

  private record Cause(String function, String error, String fingerprint) {}

  private final Map<Cause, Group> groups = new HashMap<>();

  void add(StoredLetter stored) {
    Group one = Group.of(stored);
    groups.merge(new Cause(one.function, one.error, one.fingerprint), one, Group::with);
  }

  boolean isEmpty() {
    return groups.isEmpty();
  }

  /// By function, the largest first.
  private List<Group> sorted() {
    return groups.values().stream()
        .sorted(
            Comparator.comparing(Group::function)
                .thenComparing(Comparator.comparingLong(Group::count).reversed())
                .thenComparing(Group::fingerprint))
        .toList();
  }

  void print(PrintStream out, Instant now) {
    Table table =
        new Table("FUNCTION", "COUNT", "ERROR", "OLDEST", "NEWEST", "HOPS", "EXAMPLE", "CAUSE");
    for (Group group : sorted()) {
      table.row(
          group.function,
          group.count,
          simple(group.error),
          Span.since(group.oldest, now),
          Span.since(group.newest, now),
          group.hops,
          group.example,
          cause(group.error, group.fingerprint));
    }
    table.print(out);
  }

  /// Such as `1,000 dead letters`.
  static String counted(long count) {
    return String.format(Locale.ROOT, "%,d dead letter%s", count, count == 1 ? "" : "s");
  }

  /// A class without its package.
  static String simple(String error) {
    return error.substring(error.lastIndexOf('.') + 1);
  }

  /// A fingerprint without the error that it begins with.
  static String cause(String error, String fingerprint) {
    String cause =
        fingerprint.startsWith(error) ? fingerprint.substring(error.length()) : fingerprint;
    return cause.strip();
  }

  /// The same as names and values.
  List<Map<String, Object>> json() {
    return sorted().stream().map(LetterGroups::json).toList();
  }

  private static Map<String, Object> json(Group group) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("function", group.function);
    json.put("count", group.count);
    json.put("error", group.error);
    json.put("fingerprint", group.fingerprint);
    json.put("oldest", group.oldest.toString());
    json.put("newest", group.newest.toString());
    json.put("hops", group.hops);
    json.put("example", group.example.toString());
    return json;
  }
}
