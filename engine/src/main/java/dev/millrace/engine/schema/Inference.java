package dev.millrace.engine.schema;

import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What JSON values look like that nobody has described: feed it values, then ask for the fields.
/// Not safe for use by several threads.
///
/// Wider types win: a number that is sometimes whole is a number, a time that is sometimes other
/// text is text. Values of different kinds, such as text and numbers, have no common type: nothing
/// is coerced when records are read.
public final class Inference {
  /// An object with more names than this is taken for a map: its names are data.
  private static final int MOST_NAMES = 200;

  private static final int MOST_SAMPLES = 3;
  private static final int LONGEST_SAMPLE = 60;
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final BigInteger LONGEST = BigInteger.valueOf(Long.MAX_VALUE);

  /// What a value is.
  public enum Kind {
    /// A number without a fraction that fits 64 bits.
    WHOLE("whole number"),
    /// Any other number.
    NUMBER("number"),
    /// `true` or `false`.
    BOOLEAN("boolean"),
    /// ISO text of a moment with its offset, as `2026-01-31T12:00:00Z`.
    INSTANT("instant"),
    /// ISO text of date and time without an offset.
    DATE_TIME("date-time"),
    /// ISO text of a date.
    DATE("date"),
    /// Text of a UUID.
    UUID("uuid"),
    /// Any other text.
    TEXT("text"),
    /// An object with known names.
    OBJECT("object"),
    /// An object whose names are data.
    MAP("map"),
    /// A list.
    LIST("list"),
    /// Values of kinds that no common type reads.
    ANY("any");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /// The kind for people.
    public String word() {
      return word;
    }

    /// The narrowest kind that takes both.
    Kind with(Kind other) {
      if (this == other) {
        return this;
      }
      if (isNumber() && other.isNumber()) {
        return NUMBER;
      }
      if (isText() && other.isText()) {
        return TEXT;
      }
      return ANY;
    }

    private boolean isNumber() {
      return this == WHOLE || this == NUMBER;
    }

    private boolean isText() {
      return switch (this) {
        case INSTANT, DATE_TIME, DATE, UUID, TEXT -> true;
        case WHOLE, NUMBER, BOOLEAN, OBJECT, MAP, LIST, ANY -> false;
      };
    }
  }

  /// What was seen at one place.
  ///
  /// @param path JSON Pointer; `*` stands for each element of a list; empty for the value itself
  /// @param name the last name in it; empty for the value itself and for elements
  /// @param kind the type that takes every value that was there; empty where all were null
  /// @param seen how often which kind of value was there
  /// @param nulls how often it was null
  /// @param missing how often the object around it was there without it
  /// @param samples some values as JSON, cut where they are long
  /// @param fields of an object, in the order they were met
  /// @param element of a list; empty where all lists were empty
  public record Field(
      String path,
      String name,
      Optional<Kind> kind,
      Map<Kind, Long> seen,
      long nulls,
      long missing,
      List<String> samples,
      List<Field> fields,
      Optional<Field> element) {
    /// How often it could have been there.
    public long chances() {
      return present() + nulls + missing;
    }

    private long present() {
      return seen.values().stream().mapToLong(Long::longValue).sum();
    }

    /// Whether it was ever null or missing.
    public boolean isNullable() {
      return nulls + missing > 0;
    }

    /// Of how many of its chances it was null, from 0 to 1.
    public double nullShare() {
      return chances() == 0 ? 0 : (double) nulls / chances();
    }

    /// Of how many of its chances it was missing, from 0 to 1.
    public double missingShare() {
      return chances() == 0 ? 0 : (double) missing / chances();
    }

    /// The type for people: `text`, `list of whole numbers`.
    public String type() {
      if (kind.isEmpty()) {
        return "null";
      }
      return kind.get() == Kind.LIST
          ? "list of " + element.map(Field::type).orElse("nothing")
          : kind.get().word();
    }

    /// This field and all below it that people call fields: those of objects, also in lists.
    public List<Field> all() {
      List<Field> all = new ArrayList<>();
      if (!name.isEmpty()) {
        all.add(this);
      }
      if (kind.filter(Kind.OBJECT::equals).isPresent()) {
        fields.forEach(field -> all.addAll(field.all()));
      }
      if (kind.filter(Kind.LIST::equals).isPresent()) {
        element.ifPresent(each -> all.addAll(each.all()));
      }
      return all;
    }
  }

  private final Seen root = new Seen();
  private long other;

  /// Takes a value into account. What is not JSON is only counted.
  public void add(byte[] value) {
    JsonNode tree;
    try {
      tree = Mappers.TREES.readTree(value);
    } catch (JacksonException e) {
      other++;
      return;
    }
    if (tree.isMissingNode()) {
      other++;
      return;
    }
    root.add(tree);
  }

  /// How many values were JSON.
  public long values() {
    return root.times;
  }

  /// How many values were something else.
  public long others() {
    return other;
  }

  /// What the values are as a whole, with the fields below.
  public Field field() {
    return root.field("", "", root.times);
  }

  /// What was seen at one place so far.
  private static final class Seen {
    private final Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
    private final List<String> samples = new ArrayList<>();
    private final SequencedMap<String, Seen> names = new LinkedHashMap<>();
    private @Nullable Seen element;
    private long times;
    private long nulls;
    private long objects;
    private boolean map;

    void add(JsonNode value) {
      times++;
      if (value.isNull()) {
        nulls++;
        return;
      }
      kinds.merge(kind(value), 1L, Long::sum);
      sample(value);
      if (value.isArray()) {
        Seen each = element == null ? new Seen() : element;
        element = each;
        value.forEach(each::add);
      } else if (value.isObject()) {
        objects++;
        value.properties().forEach(field -> add(field.getKey(), field.getValue()));
      }
    }

    private void add(String name, JsonNode value) {
      if (map) {
        return;
      }
      names.computeIfAbsent(name, _ -> new Seen()).add(value);
      if (names.size() > MOST_NAMES) {
        map = true;
        names.clear();
      }
    }

    private void sample(JsonNode value) {
      if (samples.size() < MOST_SAMPLES) {
        String text = value.toString();
        String shown =
            text.length() > LONGEST_SAMPLE ? text.substring(0, LONGEST_SAMPLE - 1) + "…" : text;
        if (!samples.contains(shown)) {
          samples.add(shown);
        }
      }
    }

    Field field(String path, String name, long chances) {
      Map<Kind, Long> seen = new EnumMap<>(Kind.class);
      kinds.forEach((kind, count) -> seen.put(map && kind == Kind.OBJECT ? Kind.MAP : kind, count));
      List<Field> fields = new ArrayList<>();
      names.forEach((below, one) ->
          fields.add(
              one.field(path + "/" + below.replace("~", "~0").replace("/", "~1"), below, objects)));
      Optional<Field> each =
          element == null || element.times == 0
              ? Optional.empty()
              : Optional.of(element.field(path + "/*", "", element.times));
      return new Field(
          path,
          name,
          seen.keySet().stream().reduce(Kind::with),
          seen,
          nulls,
          chances - times,
          List.copyOf(samples),
          fields,
          each);
    }

    private static Kind kind(JsonNode value) {
      return switch (value.getNodeType()) {
        case NUMBER -> isWhole(value) ? Kind.WHOLE : Kind.NUMBER;
        case BOOLEAN -> Kind.BOOLEAN;
        case STRING -> text(value.asString());
        case OBJECT -> Kind.OBJECT;
        case ARRAY -> Kind.LIST;
        case NULL, MISSING, BINARY, POJO -> Kind.ANY;
      };
    }

    private static boolean isWhole(JsonNode number) {
      return number.isIntegralNumber() && number.bigIntegerValue().abs().compareTo(LONGEST) <= 0;
    }

    private static Kind text(String text) {
      if (UUID.matcher(text).matches()) {
        return Kind.UUID;
      }
      if (text.length() < 10 || !Character.isDigit(text.charAt(0))) {
        return Kind.TEXT; // Parsing what cannot be a time is slow.
      }
      if (parses(text, LocalDate::parse)) {
        return Kind.DATE;
      }
      if (parses(text, LocalDateTime::parse)) {
        return Kind.DATE_TIME;
      }
      return parses(text, OffsetDateTime::parse) ? Kind.INSTANT : Kind.TEXT;
    }

    private static boolean parses(String text, Function<String, ?> parser) {
      try {
        return parser.apply(text) != null;
      } catch (DateTimeParseException e) {
        return false; // Some other text.
      }
    }
  }
}
